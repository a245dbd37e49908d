// Every `unsafe` block and impl argues why it is sound; engines forbid unsafe code or deny it outside named modules.
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';
import { sourceFiles } from './sizes.mjs';

/** @returns {string[]} */
export function safety() {
  const problems = [];
  for (const file of sourceFiles(['src', 'crates'])) {
    if (!file.endsWith('.rs')) continue;
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    const lines = text.split('\n');
    lines.forEach((line, i) => {
      const code = line.replace(/\/\/.*$/, '').replace(/"(\\.|[^"\\])*"/g, '""');
      if (/\bunsafe (\{|impl\b)/.test(code) && !argued(lines, i))
        problems.push(`${file}:${i + 1}: no \`// SAFETY:\` above it`);
    });
    if (/^crates\/[^/]+\/src\/lib\.rs$/.test(file) && !/#!\[(forbid|deny)\(unsafe_code\)\]/.test(text)) {
      problems.push(`${file}: neither forbids nor denies unsafe code`);
    }
  }
  return problems;
}

/** Looks in the lines above the statement that line `at` belongs to. @param {string[]} lines @param {number} at */
function argued(lines, at) {
  for (let i = at; i >= Math.max(0, at - 15); i--) {
    if (lines[i].includes('SAFETY:')) return true;
    if (i < at && /^\s*\}?\s*$|;\s*$/.test(lines[i]) && !/^\s*\/\//.test(lines[i])) return false;
  }
  return false;
}
