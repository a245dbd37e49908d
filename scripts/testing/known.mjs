import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/**
 * @typedef {object} Difference a test that one side cannot pass
 * @property {string} file `__test__/…`
 * @property {string} test `group > test`, or `*` for the file as a whole
 * @property {'bun' | 'node'} side where it fails
 * @property {string} [node] only on this major version of Node
 * @property {string} reason why it fails there
 */

/** @returns {Difference[]} */
export function readKnown() {
  const file = path.join(root, '__test__', 'known-differences.json');
  const known = /** @type {Difference[]} */ (JSON.parse(fs.readFileSync(file, 'utf8')));
  for (const { file: of, test, side, reason } of known) {
    if (!of || !test || !['bun', 'node'].includes(side) || !reason)
      throw new Error(`${file}: an entry needs file, test, side and reason`);
  }
  return known;
}

/**
 * Counts a file's tests; a known difference counts as skipped while it fails, and as a failure once it passes.
 *
 * @param {import('./files.mjs').FileResult} result
 * @param {'bun' | 'node'} side
 * @param {Difference[]} known
 */
export function judge({ file, exit, tests }, side, known) {
  const major = process.versions.node.split('.')[0];
  const here = known.filter(
    (entry) => entry.file === file && entry.side === side && (entry.node === undefined || entry.node === major),
  );
  const sum = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const complaints = [];
  const whole = here.some(({ test }) => test === '*');
  const broken = exit !== '0' && !tests.some(({ status }) => status === 'fail');
  for (const { name, status } of tests) {
    const expected = here.some(({ test }) => test === name);
    if (status === 'skip' || (status === 'fail' && (expected || whole))) sum.skipped++;
    else if (status === 'fail' || expected) {
      sum.failed++;
      complaints.push(expected ? `passes, but stands in known-differences.json: ${name}` : `failed: ${name}`);
    } else sum.passed++;
  }
  for (const { test } of here) {
    if (test === '*' || tests.some(({ name }) => name === test)) continue;
    sum.failed++;
    complaints.push(`known-differences.json names a test that is not there: ${test}`);
  }
  if (broken) {
    if (whole) sum.skipped++;
    else {
      sum.failed++;
      complaints.push(`the file as a whole failed (${exit})`);
    }
  }
  if (whole && exit === '0') {
    sum.failed++;
    complaints.push('passes as a whole, but stands in known-differences.json');
  }
  return { ...sum, complaints };
}
