import { openBetter, openBun, openNode, person, sql } from './tables.mjs';

/** Inserts a row, in transactions of a thousand; the table is emptied between. @param {any} database */
function inserter(database) {
  const statement = database.prepare(sql.insert);
  const people = Array.from({ length: 1000 }, (_, i) => person(i));
  return (/** @type {number} */ iterations) => {
    for (let done = 0; done < iterations;) {
      database.exec('begin');
      for (let i = 0; i < 1000 && done < iterations; i++, done++) {
        const [name, mail, age, score, city] = people[i];
        statement.run(name, mail, age, score, city);
      }
      database.exec('delete from people');
      database.exec('commit');
    }
  };
}

export default [
  {
    name: 'insert in a transaction',
    unit: 'ns',
    bun: async () => inserter(await openBun(0)),
    peers: {
      'better-sqlite3': (/** @type {any} */ tools) => inserter(openBetter(0, tools)),
      'node:sqlite': (/** @type {any} */ tools) => inserter(openNode(0, tools)),
    },
  },
];
