// Memory of a process that uses bun:sqlite for long: `node bin/dx-compat.js run __test__/leak/sqlite.mjs [millions]`.
// Each kind of use runs to its end in quarters; resident memory must not grow from
// the first to the last. Ten million gets by default, and fewer of what is slower.
import { Database } from 'bun:sqlite';

const millions = Number(process.argv[2] ?? 10);
const resident = () => process.memoryUsage.rss() / 1024 / 1024;
const collect = () => globalThis.Bun?.gc?.(true);

const database = new Database(':memory:');
database.run('create table people (id integer primary key, name text, mail text, picture blob)');
const insert = database.prepare('insert into people (name, mail, picture) values (?, ?, ?)');
for (let i = 1; i <= 1000; i++) insert.run(`Person ${i}`, `person${i}@example.com`, new Uint8Array(i % 100));

const one = database.prepare('select * from people where id = ?');
const named = database.prepare('select name from people where id = $id and name <> $name');
database.run('create table pictures (id integer primary key, picture blob)');
database.run('insert into pictures values (1, ?)', new Uint8Array(100_000));
const picture = database.prepare('select picture from pictures where id = 1');
const all = database.prepare('select * from people');
database.function('twice', (text) => text + text);
const called = database.prepare('select twice(name) as name from people where id = ?');

/** @type {Record<string, [share: number, work: (i: number) => void]>} the share of the ten million */
const uses = {
  get: [1, (i) => one.get((i % 1000) + 1)],
  'get, named': [0.1, (i) => named.get({ $id: (i % 1000) + 1, $name: `x${i}` })],
  'get, blob of 100 KB': [0.02, () => picture.get()],
  all: [0.0005, () => all.all()],
  iterate: [
    0.0005,
    () => {
      for (const row of all.iterate()) if (row.id === 500) break;
    },
  ],
  'insert and delete': [
    0.05,
    (i) => insert.run(`x${i}`, 'y'.repeat(i % 3000), null) && database.run('delete from people where id > 1000'),
  ],
  'prepare without finalize': [0.05, (i) => database.prepare(`select ${i % 10} from people where id = ?`)],
  'user function': [0.05, (i) => called.get((i % 1000) + 1)],
  errors: [
    0.01,
    () => {
      try {
        one.get(1, 2);
      } catch {}
      try {
        database.prepare('select x from nowhere');
      } catch {}
    },
  ],
  'open and close': [0.0005, () => new Database(':memory:').close()],
};

/** MB from the first quarter to the last; what caches need to find their size is less. */
const LARGEST_GROWTH = 32;

/** @param {string} name @param {number} calls in a quarter @param {(i: number) => void} work @returns {number} MB that it grew */
function run(name, calls, work) {
  const sizes = [];
  for (let quarter = 0; quarter < 4; quarter++) {
    for (let i = 0; i < calls; i++) work(i);
    collect();
    sizes.push(resident());
  }
  console.log(
    `${name}: ${(calls * 4).toLocaleString('en')} calls, MB after each quarter ${sizes.map((size) => size.toFixed(0)).join(' ')}`,
  );
  return sizes[3] - sizes[0];
}

for (const [name, [share, work]] of Object.entries(uses)) {
  const calls = Math.ceil((share * millions * 1e6) / 4);
  if (run(name, calls, work) <= LARGEST_GROWTH) continue;
  // V8's young generation grows once, on Node 26 by 36 MB and at any time; what leaks grows again.
  if (run(`${name}, again`, calls, work) <= LARGEST_GROWTH) continue;
  console.error('memory grows');
  process.exitCode = 1;
}
