// Knows whether the addon in lib/ was built from the sources as they are now: `npm run build` leaves a
// stamp (content hash of every source, profile) in .cache/, and `npm test`, `npm run demo` and the
// benchmarks build only when it does not fit.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stampFile = path.join(root, '.cache', 'addon.json');
const sources = ['Cargo.toml', 'Cargo.lock', 'build.rs', '.cargo/config.toml', 'src', 'crates', 'scripts/build.mjs'];

/** @returns {string} the name of this platform's binary as `lib/binding.js` looks for it */
export function addonFile() {
  const candidates = fs.readdirSync(path.join(root, 'lib')).filter((name) => name.endsWith('.node'));
  const prefix = `dx-compat.${process.platform}-${process.arch}`;
  return candidates.find((name) => name.startsWith(prefix)) ?? `${prefix}.node`;
}

/** @returns {string} a hash over the names and contents of everything the addon is built from */
export function sourceHash() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  for (const source of sources) {
    const start = path.join(root, source);
    if (!fs.existsSync(start)) continue;
    for (const file of filesBelow(start)) {
      hash
        .update(`${path.relative(root, file)}\n`)
        .update(fs.readFileSync(file))
        .update('\n');
    }
  }
  return hash.digest('hex');
}

/** @param {'debug' | 'release'} profile @param {string} hash of the sources before the build started */
export function writeStamp(profile, hash) {
  fs.mkdirSync(path.dirname(stampFile), { recursive: true });
  const file = path.join(root, 'lib', addonFile());
  fs.writeFileSync(stampFile, `${JSON.stringify({ profile, hash, modified: fs.statSync(file).mtimeMs })}\n`);
}

/** @returns {{ profile?: 'debug' | 'release', current: boolean }} the last build, and whether it is up to date */
export function lastBuild() {
  try {
    const { profile, hash, modified } = JSON.parse(fs.readFileSync(stampFile, 'utf8'));
    const file = path.join(root, 'lib', addonFile());
    return { profile, current: fs.statSync(file).mtimeMs === modified && hash === sourceHash() };
  } catch {
    return { current: false };
  }
}

/** @param {string} start @returns {string[]} sorted, so that the hash does not depend on the file system */
function filesBelow(start) {
  if (!fs.statSync(start).isDirectory()) return [start];
  const entries = fs.readdirSync(start, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes(`${path.sep}target${path.sep}`));
  return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}
