import { SQL } from 'bun';
import { describe, expect, test } from 'bun:test';

const ENDED = 'ERR_SQLITE_INVALID_TRANSACTION_STATE cannot run a query after its transaction or savepoint ended';
const CLOSED = 'ERR_SQLITE_CONNECTION_CLOSED Connection closed';

const problem = (promise: any) =>
  Promise.resolve(promise).then(
    (value) => value,
    (error: any) => (error.code ? `${error.code} ${error.message}` : error.message),
  );

async function database() {
  const sql = new SQL(':memory:');
  await sql`CREATE TABLE t (a)`;
  return { sql, rows: async () => (await sql`SELECT a FROM t`.values()).flat() };
}

/** Resolves when the event loop has turned: everything that was due is done. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('sql.begin', () => {
  test('commits what its function did, and gives what it gave', async () => {
    const { sql, rows } = await database();
    expect(await sql.begin(async (tx) => (await tx`INSERT INTO t VALUES (1)`, 'given'))).toBe('given');
    const [inserted, five]: any = await sql.begin((tx) => [tx`INSERT INTO t VALUES (2) RETURNING a`, 5] as any);
    expect([[...inserted], five]).toEqual([[{ a: 2 }], 5]);
    expect((await sql.begin((tx) => tx`SELECT 3 AS a`)).count).toBe(1);
    expect(await sql.transaction('immediate', () => 7)).toBe(7);
    expect(await sql.begin((async () => 1) as any, (async () => 2) as any)).toBe(1);
    expect(await rows()).toEqual([1, 2]);
  });

  test('rolls back when it fails', async () => {
    const { sql, rows } = await database();
    expect(
      await problem(
        sql.begin(async (tx) => {
          await tx`INSERT INTO t VALUES (1)`;
          throw new Error('mine');
        }),
      ),
    ).toBe('mine');
    expect(
      await problem(
        sql.begin(() => {
          throw new Error('at once');
        }),
      ),
    ).toBe('at once');
    expect(await problem(sql.begin((tx) => [tx`INSERT INTO t VALUES (1)`, tx`SELECT * FROM nope`]))).toContain(
      'no such table',
    );
    await sql.begin(async (tx) => {
      await tx`INSERT INTO t VALUES (2)`;
      await tx`SELECT * FROM nope`.catch(() => {});
    });
    // A query of the client itself runs on the same connection.
    await problem(
      sql.begin(async () => {
        await sql`INSERT INTO t VALUES (3)`;
        throw new Error('mine');
      }),
    );
    expect(await rows()).toEqual([2]);
  });

  test('fails with what SQLite says to BEGIN and COMMIT', async () => {
    const { sql } = await database();
    expect(await problem(sql.begin('nonsense', () => 1))).toContain('near "nonsense": syntax error');
    expect(
      await problem(
        sql.begin(async (tx) => {
          await tx`COMMIT`;
        }),
      ),
    ).toContain('cannot commit - no transaction is active');
    await sql`PRAGMA foreign_keys = 1`;
    await sql`CREATE TABLE p (id INTEGER PRIMARY KEY)`;
    await sql`CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)`;
    expect(await problem(sql.begin((tx) => tx`INSERT INTO c VALUES (9)`))).toContain('FOREIGN KEY constraint failed');
    expect(await sql.begin(() => 'next')).toBe('next');
  });

  test('checks its arguments', async () => {
    const { sql } = await database();
    const begin = (...args: any[]) => problem((sql as any).begin(...args));
    expect(await begin()).toContain("The argument 'options' must be a string. Received undefined");
    expect(await begin(5, () => 1)).toContain("The argument 'options' must be a string. Received 5");
    expect(await begin('x')).toContain("The argument 'fn' must be a function. Received undefined");
    expect(await begin('; SELECT 1', () => 1)).toBe(
      'Transaction options can only contain letters, spaces, and commas.',
    );
    expect(await begin('', () => 1)).toBe(1);
  });

  test('begins at once; one waits for the other', async () => {
    const { sql } = await database();
    const seen: string[] = [];
    const first = sql.begin(async () => {
      seen.push('a');
      await turn();
      seen.push('/a');
    });
    seen.push((await problem(sql`BEGIN`)) as string);
    const failing = sql.begin('nonsense', () => 1).catch(() => seen.push('failed'));
    const last = sql.begin(async () => {
      seen.push('b');
    });
    await Promise.all([first, failing, last]);
    expect(seen).toEqual(['a', 'SQLITE_ERROR cannot start a transaction within a transaction', '/a', 'failed', 'b']);
  });

  test('ends its client', async () => {
    const { sql } = await database();
    let [late, client]: any[] = [];
    await sql.begin(async (tx) => {
      client = tx;
      late = tx`INSERT INTO t VALUES (1)`;
    });
    expect(await problem(late)).toBe(ENDED);
    expect(await problem(client`SELECT 1`)).toBe(ENDED);
    expect(await problem(client.savepoint(() => 1))).toBe(ENDED);
    expect(await client.close()).toBeUndefined();
  });
});

describe('the client of a transaction', () => {
  test('is another one, with savepoints', async () => {
    const { sql } = await database();
    await sql.begin(async (tx) => {
      expect(tx).toBeInstanceOf(SQL);
      expect(tx).not.toBe(sql as any);
      expect(Object.keys(tx).slice(-3)).toEqual(['savepoint', 'end', 'close']);
      expect(await tx.connect()).toBe(tx);
      expect(tx.options).toBe(sql.options);
      expect(() => tx.begin(() => 1)).toThrow('cannot call begin inside a transaction use savepoint() instead');
      expect(() => tx.beginDistributed('a', () => 1)).toThrow('cannot call beginDistributed inside a transaction');
      expect(await problem(tx.reserve())).toBe("This adapter doesn't support connection reservation");
      expect((await tx.unsafe('SELECT 1 AS a'))[0].a).toBe(1);
    });
  });

  test('can roll back and let the next begin', async () => {
    const { sql, rows } = await database();
    const seen: unknown[] = [];
    const first = sql.begin(async (tx) => {
      await tx`INSERT INTO t VALUES (1)`;
      expect(await problem(tx.close({ timeout: -1 }))).toContain('options.timeout');
      await tx.close();
      seen.push(await problem(tx`SELECT 1`), await rows());
      await second;
      seen.push('end');
    });
    const second = sql.begin(async () => void seen.push('second'));
    expect(await problem(first)).toBe(CLOSED);
    expect(seen).toEqual(['second', CLOSED, [], 'end']);
    expect(
      await problem(
        sql.begin(async (tx) => {
          await tx.close();
          throw new Error('mine');
        }),
      ),
    ).toBe('mine');
  });
});

describe('savepoint', () => {
  test('keeps or takes back a part', async () => {
    const { sql, rows } = await database();
    await sql.begin(async (tx) => {
      await tx`INSERT INTO t VALUES (1)`;
      const [inserted, three]: any = await tx.savepoint((sp) => [sp`INSERT INTO t VALUES (2) RETURNING a`, 3] as any);
      expect([[...inserted], three]).toEqual([[{ a: 2 }], 3]);
      const failed = tx.savepoint(async (sp) => {
        await sp`INSERT INTO t VALUES (4)`;
        throw new Error('mine');
      });
      expect(await problem(failed)).toBe('mine');
      expect(
        await tx.savepoint('inner', (sp) => sp.savepoint(async (other) => (await other`SELECT 5 AS a`)[0].a)),
      ).toBe(5);
    });
    expect(await rows()).toEqual([1, 2]);
    expect(
      await problem(
        sql.begin((tx) =>
          tx.savepoint(() => {
            throw new Error('through');
          }),
        ),
      ),
    ).toBe('through');
  });

  test('has a name of its own', async () => {
    const { sql } = await database();
    await sql.begin(async (tx) => {
      for (const [label, name] of [
        ['a', 's0_a'],
        ['a-b c', 's1_a_b_c'],
        ['é', 's2__'],
        ['', 's3'],
      ]) {
        await tx.savepoint(label, (sp) => sp.unsafe(`ROLLBACK TO ${name}`));
      }
      await tx.savepoint((sp) => sp.savepoint('x', (inner) => inner.unsafe('ROLLBACK TO s5_x')));
      expect(await problem((tx as any).savepoint('x'))).toContain("The argument 'fn' must be a function. Received 'x'");
    });
  });

  test('ends its client, and ends with the transaction', async () => {
    const { sql } = await database();
    let open: any;
    await sql.begin(async (tx) => {
      let client: any;
      await tx.savepoint((sp) => void (client = sp));
      expect(await problem(client`SELECT 1`)).toBe(ENDED);
      open = problem(
        tx.savepoint(async (sp) => {
          await turn();
          await sp`SELECT 1`;
        }),
      );
    });
    expect(await open).toBe(ENDED);
    const seen: unknown[] = [];
    const closed = sql.begin(async (tx) => {
      await tx`INSERT INTO t VALUES (1)`;
      seen.push(await problem(tx.savepoint((sp) => sp.close())), await problem(tx`SELECT 1`));
    });
    expect(await problem(closed)).toBe(CLOSED);
    expect(seen).toEqual([CLOSED, CLOSED]);
  });
});

describe('closing the client', () => {
  test('fails the transactions, those that wait first', async () => {
    const { sql } = await database();
    const seen: unknown[] = [];
    const began = Promise.withResolvers<void>();
    const first = sql
      .begin(async () => {
        began.resolve();
        await turn();
        await turn();
        return 1;
      })
      .catch((error) => seen.push(`1 ${error.code}`));
    const second = sql.begin(() => 2).catch((error) => seen.push(`2 ${error.code}`));
    await began.promise;
    await sql.close({ timeout: 5 });
    seen.push('closed');
    await Promise.all([first, second]);
    expect(seen).toEqual(['2 ERR_SQLITE_CONNECTION_CLOSED', '1 ERR_SQLITE_CONNECTION_CLOSED', 'closed']);
  });
});
