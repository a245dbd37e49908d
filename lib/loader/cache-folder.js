'use strict';

const os = require('node:os');
const path = require('node:path');

/**
 * Where emitted code is kept. `BUN_RUNTIME_TRANSPILER_CACHE_PATH` names another folder; empty or
 * `0` switches the cache off.
 *
 * @see https://bun.com/docs/runtime/environment-variables
 * @returns {string | undefined}
 */
function cacheFolder() {
  const { BUN_RUNTIME_TRANSPILER_CACHE_PATH: given, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (given !== undefined) return given === '' || given === '0' ? undefined : path.resolve(given);
  if (XDG_CACHE_HOME) return path.join(XDG_CACHE_HOME, 'dx-compat', 'transpiler');
  try {
    const home = os.homedir();
    if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'dx-compat', 'transpiler');
    if (process.platform === 'win32')
      return path.join(LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'dx-compat', 'transpiler');
    return path.join(home, '.cache', 'dx-compat', 'transpiler');
  } catch {
    return undefined; // no home folder: no cache
  }
}

module.exports = { cacheFolder };
