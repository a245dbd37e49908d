import { one, onPeople, person, sql } from './tables.mjs';

/** A row by its key. @param {string} text @returns {import('./tables.mjs').Work} */
const getter = (text) =>
  onPeople(1000, (database) => {
    const statement = database.prepare(text);
    return (iterations) => {
      for (let i = 0; i < iterations; i++) if (!statement.get((i % 1000) + 1)) throw new Error('no row');
    };
  });

/** The method of a statement, over and over. @param {string} text @param {string} method @param {number} rows @returns {import('./tables.mjs').Work} */
const over = (text, method, rows) =>
  onPeople(rows, (database) => {
    const statement = database.prepare(text);
    return (iterations) => {
      for (let i = 0; i < iterations; i++) if (!statement[method]()) throw new Error('no result');
    };
  });

/** Arrays in place of objects; the peers have a mode for it. @param {string} text @param {number} rows @returns {import('./tables.mjs').Work} */
const values = (text, rows) =>
  onPeople(rows, (database) => {
    const statement = database.prepare(text);
    if (!statement.values) (statement.raw ?? statement.setReturnArrays).call(statement, true);
    const method = statement.values ? 'values' : 'all';
    return (iterations) => {
      for (let i = 0; i < iterations; i++) if (!statement[method]().length) throw new Error('rows are missing');
    };
  });

/** What a call of ours costs that neither runs the statement nor makes a value: the floor of all others. */
const call = onPeople(1, (database) => {
  if (process.versions.webkit || !database.query) throw new Error('it makes no call through Node-API here');
  const statement = database.prepare(sql.column);
  return (iterations) => {
    for (let i = 0; i < iterations; i++) if (statement.paramsCount !== 1) throw new Error('not the count');
  };
});

/** The objects and strings that `all` makes of 10,000 rows, and nothing else: with the native loop, the floor of `all`. */
function objects() {
  const rows = Array.from({ length: 10_000 }, (_, i) => person(i + 1));
  const text = rows.map(([name, mail]) => name + mail).join('');
  /** @type {Int32Array} where name and mail of a row start, and where they end */
  const places = new Int32Array(rows.length * 2 + 1);
  for (const [i, [name, mail]] of rows.entries()) {
    places[2 * i + 1] = places[2 * i] + name.length;
    places[2 * i + 2] = places[2 * i + 1] + mail.length;
  }
  const cities = rows.map((row) => row[4]);
  return (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) {
      const out = [];
      for (let k = 0; k < 10_000; k++) {
        const [start, middle, end] = [places[2 * k], places[2 * k + 1], places[2 * k + 2]];
        out.push({
          id: k + 1,
          name: text.substring(start, middle),
          mail: text.substring(middle, end),
          age: 20 + (k % 60),
          score: k * 1.25,
          city: cities[k],
        });
      }
      if (out.length !== 10_000) throw new Error('rows are missing');
    }
  };
}

const iterator = onPeople(1000, (database) => {
  const statement = database.prepare(`${sql.all} limit 100`);
  return (iterations) => {
    for (let i = 0; i < iterations; i++) {
      let rows = 0;
      for (const row of statement.iterate()) if (row) rows++;
      if (rows !== 100) throw new Error('rows are missing');
    }
  };
});

const named = onPeople(1000, (database) => {
  const statement = database.prepare('select name from people where id = $id and age > $age');
  return (iterations) => {
    for (let i = 0; i < iterations; i++) if (!statement.get({ id: (i % 1000) + 1, age: 1 })) throw new Error('no row');
  };
});

/** Statements in turn, as a program has them: no call has only one to see. */
const several = onPeople(1000, (database) => {
  const statements = Array.from({ length: 12 }, (_, k) =>
    database.prepare(`select id, name as name${k} from people where id = ?`),
  );
  return (iterations) => {
    for (let i = 0; i < iterations; i++) if (!statements[i % 12].get((i % 1000) + 1)) throw new Error('no row');
  };
});

/** What is asked of `bun:sqlite`. */
const required = '200,000 operations a second, which are required, are 5 µs each';
const hundred = `${sql.all} limit 100`;

export default [
  one('SELECT 1', over('select 1', 'get', 1), { native: ['get', 1, 'select 1'] }),
  one('paramsCount, a call through Node-API that does nothing', call),
  one('get, 6 columns', getter(sql.one), { native: ['get', 1000, sql.one], note: required }),
  one('get, 1 column', getter(sql.column), { native: ['get', 1000, sql.column] }),
  one('get, twelve statements in turn', several),
  one('get, named parameters', named),
  one('all, 100 rows of 6 columns', over(hundred, 'all', 1000), { native: ['all', 1000, hundred] }),
  one('all, 10,000 rows of 6 columns', over(sql.all, 'all', 10_000), { native: ['all', 10_000, sql.all] }),
  { name: 'all: the objects of 10,000 rows alone', unit: 'ns', bun: objects, peers: {} },
  one('values, 100 rows of 6 columns', values(hundred, 1000), { native: ['all', 1000, hundred] }),
  one('values, 10,000 rows of 6 columns', values(sql.all, 10_000), { native: ['all', 10_000, sql.all] }),
  one('iterate, 100 rows of 6 columns', iterator),
];
