// Several processes and threads on one file; threads that end in the middle of their work.
import { afterAll, describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { isDxCompat } from '../runtime';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-sharing-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => path.join(folder, name);

const ROWS = 30;
/** Inserts rows and adds to a counter, some of it in transactions; prints or posts the errors it met. */
const writer = (name: string, who: number) => `
  const { Database } = require('bun:sqlite');
  const db = new Database(${JSON.stringify(name)});
  db.run('pragma busy_timeout = 30000');
  const insert = db.prepare('insert into t values (?, ?, ?)');
  const add = db.transaction((n) => {
    const { total } = db.query('select total from counter').get();
    insert.run(${who}, n, 'x'.repeat(n * 10));
    db.run('update counter set total = ?', [total + 1]);
  });
  const errors = [];
  for (let n = 0; n < ${ROWS}; n++) {
    try {
      add.immediate(n);
    } catch (error) {
      errors.push(error.code);
    }
  }
  db.close();
`;

test.each(['wal', 'delete'])(
  'two processes and eight workers write to a file (%s), nothing is lost',
  async (journal) => {
    const name = file(`writers-${journal}`);
    {
      using db = new Database(name);
      db.run(`pragma journal_mode = ${journal}; create table t(who, n, text); create table counter(total)`);
      db.run('insert into counter values (0)');
    }
    const processes = [0, 1].map(async (who) => {
      const source = `${writer(name, who)}; console.log(JSON.stringify(errors));`;
      const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      child.stdout.on('data', (chunk) => (printed += chunk));
      await once(child, 'close');
      return JSON.parse(printed);
    });
    const workers = [2, 3, 4, 5, 6, 7, 8, 9].map(async (who) => {
      const source = `${writer(name, who)}; require('node:worker_threads').parentPort.postMessage(errors);`;
      const worker = new Worker(source, { eval: true });
      const [errors] = await once(worker, 'message');
      await worker.terminate();
      return errors;
    });
    expect(await Promise.all([...processes, ...workers])).toEqual(Array(10).fill([]));
    using db = new Database(name);
    expect(db.query('select who, count(*), sum(length(text)) from t group by who order by who').values()).toEqual(
      Array.from({ length: 10 }, (_, who) => [who, ROWS, 5 * ROWS * (ROWS - 1)]),
    );
    expect(db.query('select total from counter').values()).toEqual([[10 * ROWS]]);
    expect(db.query('pragma integrity_check').values()).toEqual([['ok']]);
  },
  60_000,
);

describe('a worker that ends with an open transaction lets go of the file', () => {
  const body = (name: string, end: string) => `
    const { Database } = require('bun:sqlite');
    const { parentPort } = require('node:worker_threads');
    const db = new Database(${JSON.stringify(name)});
    globalThis.kept = [db, db.prepare('select * from t')];
    db.run('begin immediate');
    db.run('insert into t values (2)');
    kept[1].iterate().next();
    parentPort.postMessage('ready');
    ${end}
  `;
  const ends = { 'it returns': '', 'process.exit': 'process.exit(3)', terminate: 'setInterval(() => {}, 1000)' };
  test.each(Object.entries(ends))(
    '%s',
    async (how, end) => {
      const name = file(`open ${how}`);
      using db = new Database(name);
      db.run('create table t(a); insert into t values (1)');
      const worker = new Worker(body(name, end), { eval: true });
      const exit = once(worker, 'exit');
      await once(worker, 'message');
      if (how === 'terminate') await worker.terminate();
      await exit;
      db.run('pragma busy_timeout = 5000');
      db.run('insert into t values (3)');
      expect(db.query('select a from t').values()).toEqual([[1], [3]]);
    },
    30_000,
  );
});

describe('threads and databases', () => {
  test('bytes cross, databases do not', async () => {
    using db = new Database();
    db.run('create table t(a); insert into t values (5)');
    const bytes = db.serialize();
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    const worker = new Worker(
      `
      const { Database } = require('bun:sqlite');
      const { workerData, parentPort } = require('node:worker_threads');
      const read = (bytes) => Database.deserialize(bytes).query('select a from t').values();
      const error = (() => { try { Database.prototype.query.call(workerData.db, 'select 1'); } catch (e) { return e.name; } })();
      parentPort.postMessage([read(workerData.bytes), read(workerData.shared), error]);
    `,
      { eval: true, workerData: { bytes, shared, db: structuredClone(db) } },
    );
    const [answer] = await once(worker, 'message');
    expect(answer).toEqual([[[5]], [[5]], 'TypeError']);
    await worker.terminate();
  }, 30_000);

  test('a database in memory that connections of other threads share', async () => {
    const name = 'file:shared-by-threads?mode=memory&cache=shared';
    using db = new Database(name, 0x40 | 6);
    db.run('create table t(a); insert into t values (5)');
    const worker = new Worker(
      `
      const { Database } = require('bun:sqlite');
      const db = new Database(${JSON.stringify(name)}, 0x40 | 6);
      db.run('insert into t values (6)');
      const rows = db.query('select a from t').values();
      db.close(true);
      require('node:worker_threads').parentPort.postMessage(rows);
    `,
      { eval: true },
    );
    expect((await once(worker, 'message'))[0]).toEqual([[5], [6]]);
    await worker.terminate();
    expect(db.query('select a from t').values()).toEqual([[5], [6]]);
  });

  // Real Bun waits for the end of the query.
  test.skipIf(!isDxCompat)(
    'terminate() stops a long query, and what holds the file',
    async () => {
      const name = file('long');
      using db = new Database(name);
      db.run('create table t(a)');
      for (const query of ['get()', 'all()', 'values()', 'run()', 'raw()', 'iterate().next()']) {
        const worker = new Worker(
          `
        const { Database } = require('bun:sqlite');
        const db = new Database(${JSON.stringify(name)});
        db.run('begin immediate');
        db.run('insert into t values (1)');
        const long = db.prepare('with recursive c(i) as (select 1 union all select i + 1 from c) select sum(i) from c');
        require('node:worker_threads').parentPort.postMessage('ready');
        try { long.${query}; } finally { db.run('insert into t values (2)'); }
      `,
          { eval: true },
        );
        await once(worker, 'message');
        await worker.terminate();
        db.run('pragma busy_timeout = 5000');
        db.run('insert into t values (3)');
      }
      expect(db.query('select a, count(*) from t group by a').values()).toEqual([[3, 6]]);
    },
    30_000,
  );

  test('many workers come and go, databases open', async () => {
    for (let round = 0; round < 3; round++) {
      const workers = Array.from({ length: 4 }, (_, who) => {
        const worker = new Worker(
          `
          const { Database } = require('bun:sqlite');
          globalThis.all = Array.from({ length: 20 }, () => new Database());
          for (const db of all) {
            db.run('create table t(a)');
            db.function('f', (a) => a);
            db.onInsert = () => {};
            db.query('insert into t values (f(1))').run();
            globalThis.iterator = db.prepare('select f(a) from t').iterate();
            iterator.next();
          }
          require('node:worker_threads').parentPort.postMessage(all.length);
          ${who % 2 ? 'setInterval(() => {}, 1000)' : ''}
        `,
          { eval: true },
        );
        return once(worker, 'message').then(([length]) => worker.terminate().then(() => length));
      });
      expect(await Promise.all(workers)).toEqual([20, 20, 20, 20]);
    }
  }, 30_000);
});
