import { describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';

function counting() {
  const db = new Database();
  db.run('create table t(a unique)');
  const insert = db.prepare<any, any>('insert into t values (?)');
  const rows = () => db.query('select a from t order by a').values().flat();
  return { db, insert, rows };
}

describe('transaction', () => {
  test('commits, passes this, arguments and result', () => {
    const { db, insert, rows } = counting();
    const work = db.transaction(function (this: any, ...list: number[]) {
      expect(db.inTransaction).toBe(true);
      for (const a of list) insert.run(a);
      return [this?.z, list.length];
    });
    expect(work.call({ z: 1 }, 1, 2)).toEqual([1, 2]);
    expect(work.deferred(3)).toEqual([undefined, 1]);
    expect(work.immediate(4)).toEqual([undefined, 1]);
    expect(work.exclusive(5)).toEqual([undefined, 1]);
    expect([db.inTransaction, rows()]).toEqual([false, [1, 2, 3, 4, 5]]);
    expect((work as any).database).toBe(db);
    expect(Object.keys(work)).toEqual(['database']);
    expect([work.name, work.length]).toEqual(['transaction', 0]);
  });

  test('rolls back what was thrown, whatever it was', () => {
    const { db, insert, rows } = counting();
    for (const thing of [new Error('x'), 5, undefined]) {
      let caught: unknown = 'nothing';
      try {
        db.transaction(() => {
          insert.run(1);
          throw thing;
        })();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thing);
    }
    expect([db.inTransaction, rows()]).toEqual([false, []]);
    expect(() =>
      db.transaction(() => {
        insert.run(1);
        insert.run(1);
      })(),
    ).toThrow('UNIQUE constraint failed: t.a');
    expect(rows()).toEqual([]);
  });

  test('nested ones are savepoints', () => {
    const { db, insert, rows } = counting();
    const inner = db.transaction((a: number, fail: boolean) => {
      insert.run(a);
      if (fail) throw new Error('inner');
    });
    db.transaction(() => {
      insert.run(1);
      expect(() => inner(2, true)).toThrow('inner');
      inner.immediate(3, false);
    })();
    expect([db.inTransaction, rows()]).toEqual([false, [1, 3]]);
    db.run('begin');
    inner(4, false);
    expect(db.inTransaction).toBe(true);
    db.run('rollback');
    expect(rows()).toEqual([1, 3]);
  });

  test('a rejected promise rolls back; a pending one commits', async () => {
    const { db, insert, rows } = counting();
    const rejected = db.transaction(async () => {
      insert.run(1);
      throw new Error('q');
    })();
    expect(rows()).toEqual([]);
    await expect(rejected).rejects.toThrow('q');
    const pending = db.transaction(async () => {
      insert.run(2);
      await 1;
    })();
    expect([db.inTransaction, rows()]).toEqual([false, [2]]);
    await pending;
  });

  test('ended inside', () => {
    const { db } = counting();
    expect(() => db.transaction(() => db.run('commit'))()).toThrow('cannot commit - no transaction is active');
    expect(() =>
      db.transaction(() => {
        db.run('rollback');
        throw new Error('y');
      })(),
    ).toThrow('y');
    const other = new Database();
    expect(() => other.transaction(() => other.close())()).toThrow('Database has closed');
  });

  test('what is no function', () => {
    const { db } = counting();
    expect(() => db.transaction(5 as any)).toThrow('Expected first argument to be a function');
  });
});

test('a savepoint that is gone', () => {
  const db = new Database();
  db.run('create table t(a)');
  const inner = db.transaction(() => db.run('rollback; begin'));
  expect(() => db.transaction(() => inner())()).toThrow('no such savepoint: \t_bs3.\t');
  expect(db.inTransaction).toBe(false);
});
