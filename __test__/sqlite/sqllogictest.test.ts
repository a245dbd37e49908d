// The runner of SQLite's sqllogictest format (__test__/fuzz/sqllogictest.mjs) on a file with every kind of record.
import { afterAll, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const script = path.join(import.meta.dir, '..', 'fuzz', 'sqllogictest.mjs');
const records = path.join(import.meta.dir, 'fixtures', 'sqllogictest');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqllogictest-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const run = (place: string) => {
  const { stdout, status } = spawnSync(process.execPath, [script, place], { encoding: 'utf8' });
  return { lines: stdout.trim().split('\n'), status };
};

test('right answers', () => {
  const { lines, status } = run(records);
  expect(lines).toEqual(['1 files, 6 statements, 11 queries, 2 skipped, 0 failures']);
  expect(status).toBe(0);
}, 30_000);

test('wrong ones are found', () => {
  const right = fs.readFileSync(path.join(records, 'records.test'), 'utf8');
  const wrong: [string, string, RegExp][] = [
    ['\none\n', '\nother\n', /value 1 is one, expected other/],
    ['statement ok\nUPDATE t1', 'statement error\nUPDATE t1', /statement error: no error/],
    ['statement ok\nCREATE INDEX t1b ON t1(b)', 'statement ok\nCREATE INDEX t1b ON t2(b)', /no such table: main.t2/],
    ['9 values hashing to ', '8 values hashing to ', /9 values, expected 8/],
    ['WHERE a > 0 ORDER', 'WHERE a > 1 ORDER', /another answer than label label-one had/],
    ['query TT nosort', 'query T nosort', /2 columns/],
    ['\n20000000002.500\n', '\n20000000002.501\n', /expected 20000000002.501/],
  ];
  for (const [index, [part, replacement]] of wrong.entries()) {
    expect(right).toContain(part);
    fs.writeFileSync(path.join(folder, `${index}.test`), right.replace(part, replacement));
  }
  const { lines, status } = run(folder);
  for (const [index, [, , message]] of wrong.entries()) expect(lines[index]).toMatch(message);
  expect(lines[wrong.length]).toEndWith(` ${wrong.length} failures`);
  expect(status).toBe(1);
}, 30_000);
