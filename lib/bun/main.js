'use strict';

const path = require('node:path');
const runtime = require('../internal/runtime');

/**
 * `Bun.main`: the absolute path of the program's entry file, `<cwd>/[eval]` for `-e`.
 *
 * The command line knows it. Without it: Node keeps an extensionless `argv[1]` as the user gave it; the main module knows the real name.
 *
 * @see https://bun.com/docs/guides/util/entrypoint
 * @returns {string}
 */
function main() {
  const [, entry] = process.argv;
  const loaded = require.main?.filename;
  if (process.execArgv.some((flag) => /^(-e|-p|-pe|--eval|--print)(=|$)/.test(flag)) || !entry)
    return path.join(process.cwd(), '[eval]');
  const absolute = path.resolve(entry);
  return loaded !== undefined && loaded.startsWith(absolute) ? loaded : absolute;
}

module.exports = runtime.main ?? main();
