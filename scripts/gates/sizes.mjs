// A file that grew over its limit holds more than one thing: cut it by responsibility.
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/** @type {[RegExp, number][]} the first that fits counts; the numbers stand in ARCHITECTURE.md */
const limits = [
  [/^lib\/binding\.d\.ts$|-table\.js$/, Infinity], // generated; data, not code
  [/^(lib|bin|scripts|benchmark)\/.*\.(js|mjs|ts)$/, 300],
  [/^[^/]+\.js$/, 300],
  [/^src\/.*\.rs$/, 400],
  [/^crates\/[^/]+\/src\/.*\.rs$/, 800],
];

/** Files that are over the limit and have to be cut; the numbers only fall. @type {Record<string, number>} */
const toBeCut = {};

/** @returns {string[]} the files over their limit */
export function sizes() {
  const problems = [];
  for (const file of sourceFiles(['lib', 'bin', 'scripts', 'benchmark', 'src', 'crates', '.'])) {
    const limit = toBeCut[file] ?? limits.find(([pattern]) => pattern.test(file))?.[1] ?? Infinity;
    const lines = withoutTests(fs.readFileSync(path.join(root, file), 'utf8'))
      .trimEnd()
      .split('\n').length;
    if (lines > limit) problems.push(`${file}: ${lines} lines, the limit is ${limit}`);
  }
  return problems;
}

/** Unit tests at the end of a Rust file do not count. @param {string} text */
function withoutTests(text) {
  const at = text.search(/^#\[cfg\(test\)\]\n(#\[[^\n]*\n)*mod tests \{/m);
  return at < 0 ? text : text.slice(0, at);
}

/** @param {string[]} folders below the root; '.' gives the files in the root itself */
export function sourceFiles(folders) {
  const files = [];
  for (const folder of folders) {
    const start = path.join(root, folder);
    if (!fs.existsSync(start)) continue;
    for (const entry of fs.readdirSync(start, { withFileTypes: true, recursive: folder !== '.' })) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/');
      if (entry.isFile() && /\.(rs|js|mjs|cjs|ts|tsx)$/.test(file) && !/(^|\/)(node_modules|target)\//.test(file))
        files.push(file);
    }
  }
  return files.sort();
}
