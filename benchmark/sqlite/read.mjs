import { openBetter, openBun, openNode, sql } from './tables.mjs';

/** @param {any} database @param {string} text */
function getter(database, text) {
  const statement = database.prepare(text);
  return (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) if (!statement.get((i % 1000) + 1)) throw new Error('no row');
  };
}

/** @param {any} database */
function reader(database) {
  const statement = database.prepare(sql.all);
  return (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) if (statement.all().length !== 10_000) throw new Error('rows are missing');
  };
}

/** @param {string} name @param {number} rows @param {(database: any) => (iterations: number) => void} work */
const one = (name, rows, work) => ({
  name,
  unit: 'ns',
  bun: async () => work(await openBun(rows)),
  peers: {
    'better-sqlite3': (/** @type {any} */ tools) => work(openBetter(rows, tools)),
    'node:sqlite': (/** @type {any} */ tools) => work(openNode(rows, tools)),
  },
});

/** The method of a statement, over and over. @param {string} text @param {string} method */
const over = (text, method) => (/** @type {any} */ database) => {
  const statement = database.prepare(text);
  return (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) if (!statement[method]()) throw new Error('no result');
  };
};

/** @param {any} database */
function iterator(database) {
  const statement = database.prepare(`${sql.all} limit 100`);
  return (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) {
      let rows = 0;
      for (const row of statement.iterate()) if (row) rows++;
      if (rows !== 100) throw new Error('rows are missing');
    }
  };
}

/** @param {any} database */
function named(database) {
  const statement = database.prepare('select name from people where id = $id and age > $age');
  return (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) if (!statement.get({ id: (i % 1000) + 1, age: 1 })) throw new Error('no row');
  };
}

export default [
  one('SELECT 1', 1, over('select 1', 'get')),
  one('get, named parameters', 1000, named),
  one('all, 100 rows of 6 columns', 1000, over(`${sql.all} limit 100`, 'all')),
  one('iterate, 100 rows of 6 columns', 1000, iterator),
  one('get, 6 columns', 1000, (database) => getter(database, sql.one)),
  one('get, 1 column', 1000, (database) => getter(database, sql.column)),
  one('all, 10,000 rows of 6 columns', 10_000, reader),
];
