'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { writeAll } = require('./report');
const { matchesGlob } = require('./glob');
const { testFile } = require('./discover');

/**
 * The coverage of a run: Bun's table and the lcov file.
 *
 * @see https://bun.com/docs/test/code-coverage
 */

/** @typedef {{ title: string, lines: Map<number, number>, functions: Map<string, number> }} Covered */

class Coverage {
  constructor() {
    /** @type {Map<string, Covered>} */
    this.files = new Map();
  }

  /** @param {import('./collect-coverage').FileCoverage[]} files what one test file ran */
  add(files) {
    for (const { path: file, lines, functions } of files) {
      const title = path.relative(process.cwd(), file).replaceAll(path.sep, '/');
      const known = this.files.get(file) ?? { title, lines: new Map(), functions: new Map() };
      this.files.set(file, known);
      for (const [line, ran] of lines) known.lines.set(line, Math.max(known.lines.get(line) ?? 0, ran));
      for (const [at, ran] of functions) known.functions.set(at, Math.max(known.functions.get(at) ?? 0, ran));
    }
  }
}

/**
 * Prints and writes what the options ask for.
 *
 * @param {import('./summary').RunSummary} summary
 * @returns {boolean} whether the thresholds are met
 */
function reportCoverage({ coverage, options }) {
  const files = [...coverage.files.values()]
    .filter(({ title }) => !(options.coverageSkipTestFiles && testFile.test(title)))
    .filter(({ title }) => !options.coveragePathIgnorePatterns.some((pattern) => matchesGlob(title, pattern)))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const reporters = options.coverageReporter.map(String);
  if (reporters.includes('lcov')) writeLcov(options.coverageDir, files);
  const threshold = thresholdOf(options.coverageThreshold);
  if (reporters.includes('text')) writeAll(2, table(files));
  return (
    threshold === null ||
    files.every((file) => share(file.functions) >= threshold.functions && share(file.lines) >= threshold.lines)
  );
}

/** @param {unknown} setting @returns {{ lines: number, functions: number } | null} */
function thresholdOf(setting) {
  if (typeof setting === 'number') return { lines: setting, functions: setting };
  if (typeof setting !== 'object' || setting === null) return null;
  const given = /** @type {Record<string, number | undefined>} */ (setting);
  return { lines: given.lines ?? given.line ?? 0.9, functions: given.functions ?? given.function ?? 0.9 };
}

/** @param {Map<unknown, number>} counts @returns {number} from 0 to 1 */
function share(counts) {
  if (counts.size === 0) return 1;
  return [...counts.values()].filter(Boolean).length / counts.size;
}

/** @param {Covered[]} files */
function table(files) {
  const width = Math.max(10, ...files.map(({ title }) => title.length + 1));
  const rule = `${'-'.repeat(width + 1)}|---------|---------|-------------------\n`;
  const row = (
    /** @type {string} */ name,
    /** @type {number} */ functions,
    /** @type {number} */ lines,
    /** @type {string} */ rest,
  ) => `${name.padEnd(width)} | ${percent(functions)} | ${percent(lines)} |${rest}\n`;
  const mean = (/** @type {number[]} */ values) =>
    values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
  let text = `${rule}${'File'.padEnd(width)} | % Funcs | % Lines | Uncovered Line #s\n${rule}`;
  text += row(
    'All files',
    mean(files.map((file) => share(file.functions))),
    mean(files.map((file) => share(file.lines))),
    '',
  );
  for (const file of files)
    text += row(` ${file.title}`, share(file.functions), share(file.lines), ` ${uncovered(file)}`);
  return text + rule;
}

/** @param {number} value */
const percent = (value) => (value * 100).toFixed(2).padStart(7);

/** The lines that did not run, as ranges of neighbours. @param {Covered} file */
function uncovered({ lines }) {
  const sorted = [...lines]
    .filter(([, ran]) => !ran)
    .map(([line]) => line)
    .sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const ranges = [];
  for (const line of sorted) {
    const last = ranges.at(-1);
    if (last && last[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** @param {string} folder @param {Covered[]} files */
function writeLcov(folder, files) {
  fs.mkdirSync(folder, { recursive: true });
  const hit = (/** @type {Map<unknown, number>} */ counts) => [...counts.values()].filter(Boolean).length;
  const text = files.map(({ title, lines, functions }) => {
    const sorted = [...lines]
      .sort(([a], [b]) => a - b)
      .map(([line, ran]) => `DA:${line},${ran}\n`)
      .join('');
    return `TN:\nSF:${title}\nFNF:${functions.size}\nFNH:${hit(functions)}\n${sorted}LF:${lines.size}\nLH:${hit(lines)}\nend_of_record\n`;
  });
  const target = path.join(folder, 'lcov.info');
  fs.writeFileSync(`${target}.${process.pid}`, text.join(''));
  fs.renameSync(`${target}.${process.pid}`, target);
}

module.exports = { Coverage, reportCoverage };
