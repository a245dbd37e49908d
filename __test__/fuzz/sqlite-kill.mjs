// Kills writers (SIGKILL) at random points and looks at the file afterwards: it opens, `integrity_check` is ok, every
// transaction that a writer saw committed is there and whole, and nothing of any other but the one that was being committed.
//   dx-compat __test__/fuzz/sqlite-kill.mjs SEED KILLS
// Journals, page caches, checkpoints and the ways to write change from file to file; a file outlives a dozen kills.
import { Database } from 'bun:sqlite';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator } from './random.mjs';

const ACCOUNTS = 50;
const KILLS_OF_A_FILE = 12;
const script = fileURLToPath(import.meta.url);

/** @typedef {{ file: string, writer: number, seed: number, journal: string, cache: number, checkpoint: number }} Job */

/** @param {Database} db @param {Job} job */
function configure(db, { cache, checkpoint }) {
  db.run('pragma busy_timeout = 20000');
  db.run(`pragma cache_size = ${cache}`); // a small one spills pages of open transactions into the file
  db.run(`pragma wal_autocheckpoint = ${checkpoint}`);
}

/** The bytes of an item. @param {number} writer @param {number} turn @param {number} index */
function payload(writer, turn, index) {
  const length = (turn * 7919 + index * 104_729) % (index % 9 === 0 ? 30_000 : 300);
  return Buffer.alloc(length, `${writer}:${turn}:${index};`);
}

/** Writes until it is killed. @param {Job} job */
function write(job) {
  const { file, writer } = job;
  const { below } = generator(job.seed);
  const acknowledged = fs.openSync(`${file}.${writer}.log`, 'a');
  const db = new Database(file);
  configure(db, job);
  const insertTurn = db.prepare('insert into turn values (?, ?, ?)');
  const insertItem = db.prepare('insert into item values (?, ?, ?, ?)');
  const move = db.prepare('update account set balance = balance + ? where id = ?');
  const work = (/** @type {number} */ turn) => {
    const items = below(4) === 0 ? 40 + below(80) : below(12);
    for (let index = 0; index < items; index++) insertItem.run(writer, turn, index, payload(writer, turn, index));
    for (let step = below(6); step > 0; step--) {
      const amount = below(100);
      move.run(-amount, below(ACCOUNTS));
      move.run(amount, below(ACCOUNTS));
    }
    insertTurn.run(writer, turn, items);
    if (below(12) === 0) {
      db.run(`drop table if exists extra${writer}`);
      db.run(`create table extra${writer} as select * from item limit 20`);
    }
  };
  const transaction = db.transaction(work);
  const rolledBack = db.transaction(() => {
    work(-1);
    throw new RangeError('on purpose');
  });
  const nested = db.transaction((/** @type {number} */ turn) => {
    try {
      rolledBack();
    } catch {}
    transaction(turn);
  });

  let turn = /** @type {any} */ (db.query('select coalesce(max(turn), 0) as n from turn where writer = ?').get(writer))
    .n;
  fs.writeSync(1, 'ready\n');
  for (;;) {
    turn++;
    switch (below(6)) {
      case 0:
        transaction.exclusive(turn);
        break;
      case 1:
        nested.immediate(turn);
        break;
      case 2:
        db.run('begin immediate');
        work(turn);
        db.run('commit');
        break;
      case 3:
        // SQLite commits an autocommit statement by itself.
        db.run('insert into turn values (?, ?, 0)', [writer, turn]);
        break;
      default:
        transaction.immediate(turn);
    }
    fs.writeSync(acknowledged, `${turn}\n`);
    if (below(15) === 0) {
      try {
        rolledBack();
      } catch {}
    }
    if (below(40) === 0) db.run(below(2) === 0 ? 'vacuum' : 'pragma wal_checkpoint(truncate)');
  }
}

/** Looks at a file after a kill. @param {string} file @param {number} writers @returns {{ committed: number, uncertain: number }} */
function check(file, writers) {
  using db = new Database(file);
  db.run('pragma busy_timeout = 20000');
  const expect = (/** @type {unknown} */ actual, /** @type {unknown} */ wanted, /** @type {string} */ what) => {
    if (JSON.stringify(actual) !== JSON.stringify(wanted))
      throw new Error(`${file}: ${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}`);
  };
  expect(db.query('pragma integrity_check').values(), [['ok']], 'integrity_check');
  expect(db.query('select sum(balance) from account').values(), [[ACCOUNTS * 1000]], 'money');
  expect(db.query('select count(*) from item where turn < 0').values(), [[0]], 'rolled back items');
  const whole = `select t.writer, t.turn from turn t left join item i on i.writer = t.writer and i.turn = t.turn
    group by 1, 2 having count(i.turn) <> t.items`;
  expect(db.query(whole).values(), [], 'turns with other items than they wrote');
  const orphans = `select count(*) from item i where not exists (select 1 from turn t where t.writer = i.writer and t.turn = i.turn)`;
  expect(db.query(orphans).values(), [[0]], 'items of no committed turn');
  let committed = 0;
  let uncertain = 0;
  for (let writer = 0; writer < writers; writer++) {
    const log = `${file}.${writer}.log`;
    const seen = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n').slice(0, -1).map(Number) : [];
    const turns = db.query('select turn from turn where writer = ? order by turn').values(writer).flat();
    const there = new Set(turns);
    expect(
      seen.filter((turn) => !there.has(turn)),
      [],
      `lost turns of writer ${writer}`,
    );
    expect(
      turns,
      Array.from({ length: turns.length }, (_, index) => index + 1),
      `turns of writer ${writer}`,
    );
    committed += seen.length;
    uncertain += turns.length - seen.length;
    for (const [turn, index, bytes] of /** @type {any[][]} */ (
      db.query('select turn, n, bytes from item where writer = ? order by turn desc, n limit 200').values(writer)
    )) {
      if (!payload(writer, turn, index).equals(bytes))
        throw new Error(`${file}: item ${writer}:${turn}:${index} is another`);
    }
  }
  return { committed, uncertain };
}

/** @param {number} seed @param {number} kills */
async function soak(seed, kills) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-kill-'));
  const { below, pick } = generator(seed);
  const total = { kills: 0, files: 0, committed: 0, uncertain: 0, early: 0 };
  try {
    while (total.kills < kills) {
      const file = path.join(folder, `${total.files++}.sqlite`);
      const writers = below(3) === 0 ? 2 : 1;
      const job = {
        file,
        seed: 0,
        writer: 0,
        journal: pick(['wal', 'wal', 'wal', 'delete', 'truncate', 'persist']),
        cache: pick([2, 10, 2000]),
        checkpoint: pick([1, 10, 1000]),
      };
      prepare(job);
      let last = { committed: 0, uncertain: 0 };
      for (let round = 0; round < KILLS_OF_A_FILE && total.kills < kills; round++) {
        const ended = Array.from({ length: writers }, (_, writer) =>
          killed({ ...job, writer, seed: below(2 ** 31) }, below(10) === 0, below(60) + below(150) * below(2)),
        );
        for (const isEarly of await Promise.all(ended)) if (isEarly) total.early++;
        total.kills += writers;
        const before = last.uncertain;
        last = check(file, writers);
        if (last.uncertain - before > writers) throw new Error(`${file}: more was committed than was being committed`);
      }
      total.committed += last.committed;
      total.uncertain += last.uncertain;
      for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const { committed, uncertain, early, files } = total;
  console.log(
    `${total.kills} kills (${early} before the first write) of ${files} files: ${committed} transactions were reported ` +
      `committed, all are there; ${uncertain} more were committed before their writer could say so`,
  );
}

/** Makes the file of a job. @param {Job} job */
function prepare({ file, journal }) {
  using db = new Database(file);
  db.run(`pragma journal_mode = ${journal}`);
  db.run(`
    create table account(id integer primary key, balance integer);
    create table turn(writer, turn, items, primary key (writer, turn));
    create table item(writer, turn, n, bytes);
    create index item_turn on item(writer, turn);
  `);
  for (let id = 0; id < ACCOUNTS; id++) db.run('insert into account values (?, 1000)', [id]);
}

/** Starts a writer and kills it. @param {Job} job @param {boolean} isEarly before it says that it is ready @param {number} delay */
async function killed(job, isEarly, delay) {
  const child = spawn(process.execPath, [script, 'write', JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  let ready = false;
  const started = once(child.stdout, 'data').then(() => (ready = true));
  const closed = once(child, 'close');
  if (!isEarly) await Promise.race([started, closed]);
  await new Promise((resolve) => setTimeout(resolve, delay));
  child.kill('SIGKILL');
  await closed;
  if (complaint || child.signalCode !== 'SIGKILL') throw new Error(`a writer ended by itself: ${complaint}`);
  return !ready;
}

const [first, second] = process.argv.slice(2);
if (first === 'write') write(JSON.parse(second));
else await soak(Number(first ?? 1), Number(second ?? 300));
