// better-sqlite3 13 needs Node 22. For Node 20 the last release that runs there is compiled on first use, with the headers
// that Node brings along: npm has no binary of it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const VERSION = '12.11.1';
const root = path.dirname(path.dirname(import.meta.dirname));

/** @param {NodeJS.Require} require @returns {(file: string) => any} opens a database */
export function openBetterSqlite3(require) {
  if (parseInt(process.versions.node) >= 22) {
    const Database = require('better-sqlite3');
    return (file) => new Database(file);
  }
  const folder = path.join(root, '.cache', `better-sqlite3-${VERSION}-${process.versions.modules}`);
  const nativeBinding = path.join(folder, 'package', 'build', 'Release', 'better_sqlite3.node');
  if (!fs.existsSync(nativeBinding)) compile(folder);
  const Database = createRequire(path.join(folder, 'package', 'package.json'))('./lib/index.js');
  return (file) => new Database(file, { nativeBinding });
}

/** @param {string} folder */
function compile(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const prefix = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  const npm = path.join(prefix, 'lib', 'node_modules', 'npm');
  const steps = [
    ['npm', ['pack', `better-sqlite3@${VERSION}`, '--silent'], folder],
    ['tar', ['-xzf', `better-sqlite3-${VERSION}.tgz`], folder],
    [
      process.execPath,
      [path.join(npm, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'), 'rebuild', '--release', `--nodedir=${prefix}`],
      path.join(folder, 'package'),
    ],
  ];
  for (const [command, args, cwd] of /** @type {[string, string[], string][]} */ (steps)) {
    const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`better-sqlite3 ${VERSION} could not be compiled: ${command}: ${stderr}`);
  }
}
