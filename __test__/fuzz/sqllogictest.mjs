// Runs files in the format of SQLite's sqllogictest through `bun:sqlite`: a file, or every .test and .slt of a folder.
//   dx-compat __test__/fuzz/sqllogictest.mjs FOLDER [MATCH] [SLICE/OF]
// The answers in the files are those of other engines; the way into SQLite and back is what is tested here. Each query is
// read as arrays with 64-bit integers, and in turn once more as numbers, objects, an iterator or bytes, which must agree.
// See https://www.sqlite.org/sqllogictest/doc/trunk/about.wiki for the format.
import { Database } from 'bun:sqlite';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** @typedef {{ files: number, statements: number, queries: number, skipped: number, failures: string[] }} Report */

/** @param {string} place @returns {string[]} */
function filesOf(place) {
  if (fs.statSync(place).isFile()) return [place];
  return fs
    .readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(test|slt)$/.test(name))
    .sort()
    .map((name) => path.join(place, name));
}

/** @param {string} file @param {Report} report */
function runFile(file, report) {
  const lines = fs.readFileSync(file, 'utf8').split(/\r?\n/);
  const db = new Database(':memory:');
  /** @type {Map<string, string>} what queries of a label have answered */
  const labels = new Map();
  let threshold = 0;
  let at = 0;
  let wanted = true;
  const fail = (/** @type {number} */ line, /** @type {string} */ why) =>
    report.failures.push(`${file}:${line}: ${why}`);
  const textUpTo = (/** @type {(line: string) => boolean} */ isEnd) => {
    const start = at;
    while (at < lines.length && !isEnd(lines[at])) at++;
    return lines.slice(start, at);
  };
  const isBlank = (/** @type {string} */ line) => line.trim() === '';

  while (at < lines.length) {
    const line = lines[at++];
    if (isBlank(line) || line.startsWith('#')) continue;
    const [word, first = '', second = 'nosort', label] = line.trim().split(/\s+/);
    const start = at;
    if (word === 'skipif') wanted &&= first !== 'sqlite';
    else if (word === 'onlyif') wanted &&= first === 'sqlite';
    else if (word === 'hash-threshold') threshold = Number(first);
    else if (word === 'halt') {
      if (wanted) break;
      wanted = true;
    } else if (word === 'statement') {
      const sql = textUpTo(isBlank).join('\n');
      if (wanted) {
        report.statements++;
        const error = outcomeOf(() => db.run(sql));
        if (first === 'error' ? error === undefined : error !== undefined)
          fail(start, `statement ${first}: ${error ?? 'no error'}`);
        if (error !== undefined && !/^SQLITE_/.test(error)) fail(start, `an error without a code: ${error}`);
      } else report.skipped++;
      wanted = true;
    } else if (word === 'query') {
      const sql = textUpTo((text) => isBlank(text) || text === '----').join('\n');
      const expected = lines[at] === '----' ? (at++, textUpTo(isBlank)) : undefined;
      if (wanted) {
        report.queries++;
        const why = outcomeOf(() => {
          const values = sorted(answer(db, sql, first, report.queries), second, first.length);
          const problem = expected ? compare(values, expected, threshold) : undefined;
          const digest = label === undefined ? '' : md5(values);
          if (label !== undefined && (labels.get(label) ?? digest) !== digest)
            return `another answer than label ${label} had`;
          if (label !== undefined) labels.set(label, digest);
          return problem;
        });
        // The original program takes a query that fails at its first row for one without rows.
        if (why && !(expected?.length === 0 && why.startsWith('SQLITE_'))) fail(start, why);
      } else report.skipped++;
      wanted = true;
    } else fail(at, `an unknown record: ${line}`);
  }
  const check = db.query('pragma integrity_check').values();
  if (check.length !== 1 || check[0][0] !== 'ok') fail(0, `integrity_check: ${check}`);
  db.close(true);
  report.files++;
}

/** What a body returns, or the error that it throws, in words. @param {() => any} body */
function outcomeOf(body) {
  try {
    const result = body();
    return typeof result === 'string' ? result : undefined;
  } catch (error) {
    const { code, name, message } = /** @type {any} */ (error);
    return `${code ?? name} ${message}`;
  }
}

/**
 * Runs a query and shows its values as the format wants them.
 *
 * @param {Database} db
 * @param {string} sql
 * @param {string} types a letter a column
 * @param {number} turn decides how it is read the second time
 */
function answer(db, sql, types, turn) {
  const statement = db.prepare(sql);
  try {
    if (statement.columnNames.length !== types.length) throw new Error(`${statement.columnNames.length} columns`);
    const rows = statement.safeIntegers(true).values();
    const again = secondReading(statement, turn);
    if (again !== undefined && again.length !== rows.length) throw new Error(`${again.length} rows the second time`);
    const out = [];
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index];
      for (let column = 0; column < types.length; column++) {
        const value = row[column];
        out.push(shown(value, types[column]));
        if (again !== undefined && !isSame(value, again[index][column]))
          throw new Error(`${String(value)}, and the second time ${String(again[index][column])}`);
      }
    }
    return out;
  } finally {
    statement.finalize();
  }
}

/** @param {import('bun:sqlite').Statement<any>} statement @param {number} turn @returns {any[][] | undefined} */
function secondReading(statement, turn) {
  const names = statement.columnNames;
  const isPlain = new Set(names).size === names.length && !names.some((name) => /^\d/.test(name));
  switch (turn % 4) {
    case 0:
      return statement.safeIntegers(false).values();
    case 1:
      return isPlain ? statement.safeIntegers(false).all().map(Object.values) : undefined;
    case 2:
      return isPlain ? Array.from(statement.safeIntegers(false).iterate(), Object.values) : undefined;
    default:
      return statement.raw();
  }
}

/** @param {any} value with 64-bit integers @param {any} other a number, or bytes */
function isSame(value, other) {
  if (other instanceof Uint8Array && !(value instanceof Uint8Array)) {
    const bytes = Buffer.from(other.buffer, other.byteOffset, other.byteLength);
    if (typeof value === 'bigint') return bytes.readBigInt64LE() === value;
    if (typeof value === 'number') return Object.is(bytes.readDoubleLE(), value);
    return bytes.toString() === value;
  }
  if (typeof value === 'bigint') return Number(value) === other;
  if (value instanceof Uint8Array) return Buffer.compare(value, other) === 0;
  return Object.is(value, other);
}

/** @param {any} value @param {string} type I, T or R */
function shown(value, type) {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) value = Buffer.from(value).toString('latin1');
  if (type === 'I') return String(BigInt.asIntN(32, integerOf(value)));
  if (type === 'R') return decimals(typeof value === 'string' ? Number.parseFloat(value) || 0 : Number(value));
  if (typeof value === 'number')
    value = Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
  const text = String(value);
  return text === '' ? '(empty)' : text.replace(/[^ -~]/gu, (unit) => '@'.repeat(Buffer.byteLength(unit)));
}

/** A cast to an integer, as SQLite does it. @param {bigint | number | string} value */
function integerOf(value) {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return BigInt(/^\s*([+-]?\d+)/.exec(value)?.[1] ?? 0);
  const limit = 2 ** 63;
  return value >= limit ? 2n ** 63n - 1n : value <= -limit ? -(2n ** 63n) : BigInt(Math.trunc(value));
}

/** `%.3f` of SQLite, which shows 16 digits and zeros after them. @param {number} value */
function decimals(value) {
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  if (Math.abs(value) < 1e15) return value.toFixed(3);
  const [, sign, digits, exponent] = /** @type {string[]} */ (/(-?)([\d.]+)e\+(\d+)/.exec(value.toExponential(15)));
  return `${sign}${digits.replace('.', '').padEnd(Number(exponent) + 1, '0')}.000`;
}

const byBytes = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {string[]} values @param {string} mode @param {number} columns */
function sorted(values, mode, columns) {
  if (mode === 'valuesort') return values.sort(byBytes);
  if (mode !== 'rowsort') return values;
  const rows = [];
  for (let index = 0; index < values.length; index += columns) rows.push(values.slice(index, index + columns));
  rows.sort((a, b) => {
    for (let column = 0; column < columns; column++) if (a[column] !== b[column]) return byBytes(a[column], b[column]);
    return 0;
  });
  return rows.flat();
}

/** @param {string[]} values */
function md5(values) {
  const hash = createHash('md5');
  for (const value of values) hash.update(`${value}\n`);
  return hash.digest('hex');
}

/** @param {string[]} values @param {string[]} expected @param {number} threshold */
function compare(values, expected, threshold) {
  const hashed = /^(\d+) values hashing to ([0-9a-f]{32})$/.exec(expected[0] ?? '');
  if (hashed && (threshold === 0 || values.length > threshold || expected.length === 1)) {
    if (Number(hashed[1]) !== values.length) return `${values.length} values, expected ${hashed[1]}`;
    return md5(values) === hashed[2] ? undefined : `another hash: ${md5(values)}`;
  }
  if (values.length !== expected.length) return `${values.length} values, expected ${expected.length}`;
  const different = values.findIndex((value, index) => value !== expected[index]);
  return different < 0 ? undefined : `value ${different} is ${values[different]}, expected ${expected[different]}`;
}

const [place, match = '', slice = '1/1'] = process.argv.slice(2);
if (!place) {
  console.error('usage: sqllogictest.mjs FOLDER [MATCH] [SLICE/OF]');
  process.exit(2);
}
const [part, parts] = slice.split('/').map(Number);
/** @type {Report} */
const report = { files: 0, statements: 0, queries: 0, skipped: 0, failures: [] };
for (const [index, file] of filesOf(place)
  .filter((name) => name.includes(match))
  .entries()) {
  if (index % parts !== part - 1) continue;
  const before = report.failures.length;
  runFile(file, report);
  for (const failure of report.failures.slice(before, before + 5)) console.log(failure);
}
const { files, statements, queries, skipped, failures } = report;
console.log(
  `${files} files, ${statements} statements, ${queries} queries, ${skipped} skipped, ${failures.length} failures`,
);
process.exit(failures.length ? 1 : 0);
