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

export default [
  one('get, 6 columns', 1000, (database) => getter(database, sql.one)),
  one('get, 1 column', 1000, (database) => getter(database, sql.column)),
  one('all, 10,000 rows of 6 columns', 10_000, reader),
];
