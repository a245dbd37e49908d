import { one, person, sql } from './tables.mjs';

/** Inserts a row, in transactions of a thousand; the table is emptied between. @type {import('./tables.mjs').Work} */
function inTransaction(database) {
  database.exec(sql.create);
  const statement = database.prepare(sql.insert);
  const people = Array.from({ length: 1000 }, (_, i) => person(i));
  return (iterations) => {
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

/** Inserts a row, a transaction each. @type {import('./tables.mjs').Work} */
function alone(database) {
  database.exec('pragma synchronous = normal');
  database.exec(sql.create);
  const statement = database.prepare(sql.insert);
  const people = Array.from({ length: 1000 }, (_, i) => person(i));
  return (iterations) => {
    for (let i = 0; i < iterations; i++) {
      const [name, mail, age, score, city] = people[i % 1000];
      statement.run(name, mail, age, score, city);
      if (i % 1000 === 999) database.exec('delete from people');
    }
  };
}

/** Compiles a statement that is dropped: what a loop of millions of them costs. @type {import('./tables.mjs').Work} */
function prepare(database) {
  database.exec(sql.create);
  return (iterations) => {
    for (let i = 0; i < iterations; i++) database.prepare(sql.column);
  };
}

export default [
  one('insert in a transaction', inTransaction, { native: ['insert', 1, sql.insert] }),
  one('insert alone, WAL', alone, { wal: true }),
  one('prepare', prepare),
];
