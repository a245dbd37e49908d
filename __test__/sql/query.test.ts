import { SQL } from 'bun';
import { SQLiteError } from 'bun:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

let sql: SQL;
beforeAll(async () => {
  sql = new SQL(':memory:');
  await sql`CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INTEGER DEFAULT 7)`;
});
afterAll(() => sql.close());

/** What a query gives, or `Class code message`. */
async function of(query: any) {
  try {
    const result = await query;
    return result;
  } catch (error: any) {
    return `${error.constructor.name} ${error.code ?? ''} ${error.message}`;
  }
}

/** `[rows, count, affectedRows, command, lastInsertRowid]` */
async function facts(query: any) {
  const result = await query;
  return [result.length, result.count, result.affectedRows, result.command, result.lastInsertRowid];
}

describe('results', () => {
  test('say what a statement did', async () => {
    const s = new SQL(':memory:');
    expect(await facts(s`CREATE TABLE t (a INTEGER PRIMARY KEY, b)`)).toEqual([0, 0, 0, 'CREATE', 0]);
    expect(await facts(s`INSERT INTO t (b) VALUES (${1}), (${2})`)).toEqual([0, 2, 2, 'INSERT', 2]);
    expect(await facts(s`UPDATE t SET b = 5 WHERE 0`)).toEqual([0, 0, 0, 'UPDATE', 2]);
    expect(await facts(s`UPDATE t SET b = 5 RETURNING a`)).toEqual([2, 2, 2, 'UPDATE', 2]);
    expect(await facts(s`SELECT * FROM t`)).toEqual([2, 2, 0, 'SELECT', null]);
    expect(await facts(s`/* x */ SELECT 1 -- y`)).toEqual([1, 1, 0, 'SELECT', null]);
    expect(await facts(s.unsafe(';SELECT 1'))).toEqual([1, 1, 0, 'SELECT', null]);
    expect(await facts(s`VALUES (1), (2)`)).toEqual([2, 2, 0, 'VALUES', null]);
    expect(await facts(s`WITH a AS (SELECT 1 AS x) INSERT INTO t (b) SELECT x FROM a`)).toEqual([0, 1, 1, 'WITH', 3]);
    expect(await facts(s`EXPLAIN QUERY PLAN SELECT 1`)).toEqual([1, 1, 0, 'EXPLAIN', null]);
    expect(await facts(s`PRAGMA user_version`)).toEqual([1, 1, 0, 'PRAGMA', null]);
    expect(await facts(s`PRAGMA user_version = 5`)).toEqual([0, 0, 0, 'PRAGMA', 3]);
    expect(await facts(s`DELETE FROM t`)).toEqual([0, 3, 3, 'DELETE', 3]);
    expect(await facts(s`BEGIN`)).toEqual([0, 0, 0, 'BEGIN', 3]);
    await s.close();
  });

  test('are arrays of a class of their own, and what is made of them is plain', async () => {
    const result = await sql`SELECT 1 AS a`;
    expect(result.constructor.name).toBe('SQLResultArray');
    expect(Object.keys(result)).toEqual(['0', 'count', 'command', 'lastInsertRowid', 'affectedRows']);
    expect([result.columns, result.statement]).toEqual([null, null]);
    expect(JSON.stringify(result)).toBe('[{"a":1}]');
    expect([result.map((row: any) => row).constructor, result.slice().constructor]).toEqual([Array, Array]);
    expect(Object.getPrototypeOf(result[0])).toBe(Object.prototype);
  });

  test('are objects, arrays of values or arrays of bytes', async () => {
    expect([...(await sql`SELECT 1 AS a, 2 AS a, 'x' AS b`)]).toEqual([{ a: 2, b: 'x' }]);
    expect([...(await sql`SELECT 1 AS a, 2 AS a`.values())]).toEqual([[1, 2]]);
    expect([...(await sql`SELECT 1 AS a`.raw().values())]).toEqual([[1]]);
    const [row] = await sql`SELECT -1, 2.5, 'x', NULL, x'0102', ''`.raw();
    expect(row).toEqual([
      new Uint8Array(8).fill(255),
      new Uint8Array([0, 0, 0, 0, 0, 0, 4, 64]),
      new Uint8Array([120]),
      null,
      new Uint8Array([1, 2]),
      new Uint8Array(0),
    ]);
    expect([...(await sql`SELECT 1 AS a`.execute().values())]).toEqual([{ a: 1 }]); // it has run already
    expect(Object.keys((await sql`SELECT 1 AS "__proto__"`)[0])).toEqual(['__proto__']);
  });

  test('have bigints with safeIntegers, by either name', async () => {
    for (const options of [{ safeIntegers: true }, { bigint: true }]) {
      const s = new SQL({ filename: ':memory:', ...options });
      await s`CREATE TABLE t (a INTEGER PRIMARY KEY)`;
      expect((await s`INSERT INTO t VALUES (5)`).lastInsertRowid).toBe(5n);
      expect((await s`SELECT 9223372036854775807 AS a`)[0].a).toBe(9223372036854775807n);
      await s.close();
    }
  });
});

describe('values', () => {
  test('are bound, never put into the text', async () => {
    const evil = `'; DROP TABLE u; --`;
    expect((await sql`SELECT ${evil} AS a`)[0].a).toBe(evil);
    const [row] =
      await sql`SELECT ${true} AS a, ${null} AS b, ${undefined} AS c, ${1n} AS d, ${1.5} AS e, ${new Uint8Array([1, 2])} AS f`;
    expect(row).toEqual({ a: 1, b: null, c: null, d: 1, e: 1.5, f: new Uint8Array([1, 2]) });
    expect((await sql`SELECT ${sql.json([1])} AS a`)[0].a).toBe('[1]');
    expect([sql.json({ a: 1 }), sql.json('x'), sql.json(null)]).toEqual(['{"a":1}', '"x"', 'null']);
  });

  test.each([[[1, 2]], [{ a: 1 }], [new Date(0)], [Symbol('a')], [() => 1], [[]]])('cannot be %p', async (value) => {
    expect(await of(sql`SELECT ${value} AS a`)).toContain('TypeError  Binding expected string, TypedArray');
  });

  test('that are too many or missing', async () => {
    const strings = (...parts: string[]) => Object.defineProperty(parts, 'raw', { value: parts }) as any;
    expect([...(await sql(strings('SELECT ', ' AS a'), 3))]).toEqual([{ a: 3 }]);
    expect(await of(sql(strings('SELECT ', ' AS a'), 3, 4, 5))).toContain('near "?"');
    expect(await of(sql(strings('SELECT ', ' AS a, ', ' AS b'), 3))).toContain(
      'near "as"'.toUpperCase().replace('NEAR', 'near'),
    );
    expect(() => sql(Object.assign(['SELECT 1'], { raw: [] }) as any)).toThrow("enumerable 'raw' property");
  });
});

describe('fragments', () => {
  test('are put in where they stand, as often as one likes', async () => {
    const one = sql`a = ${1}`;
    expect([...(await sql`SELECT * FROM (SELECT 1 AS a) WHERE ${one} OR ${one} ${sql``}`)]).toEqual([{ a: 1 }]);
    expect((await sql`SELECT ${1} AS a, ${sql`${sql`${2}`}`} AS b, ${3} AS c`)[0]).toEqual({ a: 1, b: 2, c: 3 });
    expect([...(await sql`SELECT 1 AS a WHERE 1 = ${1} ${[sql`AND 2 = ${2}`, sql`AND 3 = ${3}`]}`)]).toEqual([
      { a: 1 },
    ]);
    const run = sql`SELECT 5 AS a`;
    await run;
    expect([...(await sql`SELECT * FROM (${run})`)]).toEqual([{ a: 5 }]);
  });

  test('may be names', async () => {
    expect((await sql`SELECT ${sql('t.a')} FROM (SELECT 1 AS a) AS ${sql('t')}`)[0]).toEqual({ a: 1 });
    expect(Object.keys((await sql`SELECT 1 AS ${sql('a"b')}`)[0])).toEqual(['a"b']);
    expect(await of(sql('u'))).toBe(
      'SQLiteError ERR_SQLITE_NOT_TAGGED_CALL Query not called as a tagged template literal',
    );
    for (const value of [undefined, 5, true, 1n, Symbol('x'), () => 1]) {
      expect(await of(sql(value as any))).toBe(
        'SyntaxError  Invalid query: SQL Fragment cannot be executed or was misused',
      );
    }
  });

  test('may be sql.unsafe, not sql.file', async () => {
    expect((await sql`SELECT ${1} AS a, ${sql.unsafe('? + 1', [4])} AS b`)[0]).toEqual({ a: 1, b: 5 });
    expect(await of(sql`SELECT ${sql.unsafe(':a', { a: 1 })}`)).toContain(
      'SyntaxError  Nested sql.unsafe() cannot have named',
    );
    expect(await of(sql`SELECT ${sql.file('x')}`)).toContain('SyntaxError  sql.file() cannot be used as a fragment');
  });
});

describe('queries', () => {
  test('run when they are asked for, once', async () => {
    const s = new SQL(':memory:');
    await s`CREATE TABLE t (a)`;
    const count = async () => (await s`SELECT count(*) AS c FROM t`)[0].c;
    const query = s`INSERT INTO t VALUES (1)`;
    expect(await count()).toBe(0);
    query.execute();
    query.execute();
    expect(await count()).toBe(1);
    await query;
    expect(await count()).toBe(1);
    void s`INSERT INTO t VALUES (2)`.then(() => {});
    void s`INSERT INTO t VALUES (3)`.finally(() => {});
    expect(await count()).toBe(3);
    await s.close();
  });

  test('are promises, and say what they have come to', async () => {
    const query = sql`SELECT 1 AS a`;
    expect(query).toBeInstanceOf(Promise);
    expect([query.constructor.name, query.then(() => {}).constructor]).toEqual(['Query', Promise]);
    expect(Bun.inspect(sql`SELECT 1`)).toBe('Query {  }');
    expect(Bun.inspect(sql`SELECT 1`.execute())).toBe('Query { executed }');
    expect(Bun.inspect(sql`SELECT 1`.cancel())).toBe('Query { cancelled }');
    const failed = sql`WRONG`;
    await failed.catch(() => {});
    expect(Bun.inspect(failed)).toBe('Query { executed error }');
    expect([query.active, query.cancelled, sql`x`.simple().constructor.name]).toEqual([false, false, 'Query']);
  });

  test('may be cancelled before they run', async () => {
    const query = sql`SELECT 1`.cancel();
    expect(query.cancelled).toBe(true);
    expect(await of(query)).toBe('SQLiteError ERR_SQLITE_QUERY_CANCELLED Query cancelled');
    expect([...(await sql`SELECT 1 AS a`.execute().cancel())]).toEqual([{ a: 1 }]);
  });

  test('have no streams here', () => {
    expect(() => sql`SELECT 1`.readable()).toThrow('not supported by this adapter (PostgreSQL only)');
    expect(() => sql`SELECT 1`.writable()).toThrow('not supported by this adapter (PostgreSQL only)');
  });

  test('that fail are reported where nobody listens', async () => {
    const script = `
      const sql = new Bun.SQL(':memory:');
      const heard = [];
      process.on('unhandledRejection', (error) => heard.push(error.message));
      const after = async (name, run) => {
        await run();
        await new Promise((done) => setImmediate(() => setImmediate(done)));
        console.log(name, heard.splice(0).join());
      };
      const bad = () => sql.unsafe('SELECT * FROM ' + 'nope');
      await after('execute', () => void bad().execute());
      await after('finally', () => void bad().finally(() => 1));
      await after('finally throws', () => void bad().finally(() => { throw new Error('mine'); }));
      await after('then', () => void bad().then(() => 1));
      await after('catch', () => void bad().catch(() => 1));
      await after('not run', () => void sql({}, 'a') + void sql('a'));
      await after('cancelled', () => void bad().cancel().execute());
      await after('in a transaction', () => sql.begin(async (tx) => void tx.unsafe('SELECT * FROM nope').execute()));
    `;
    const child = Bun.spawnSync([process.execPath, '-e', script], {
      env: { ...process.env, BUN_DEBUG_QUIET_LOGS: '1' },
    });
    expect(child.stdout.toString().trimEnd().split('\n')).toEqual([
      'execute no such table: nope',
      'finally ',
      'finally throws mine',
      'then no such table: nope',
      'catch ',
      'not run ',
      'cancelled ',
      'in a transaction',
    ]);
  });
});

describe('errors', () => {
  test("are SQLite's, with the place in the text", async () => {
    const error = await sql`SELECT 'é' x y`.catch((e: any) => e);
    expect(error).toBeInstanceOf(SQL.SQLiteError);
    expect(error).toBeInstanceOf(SQL.SQLError);
    expect(error).toBeInstanceOf(SQLiteError); // that of bun:sqlite goes by the name
    expect({ ...error }).toEqual({ name: 'SQLiteError', code: 'SQLITE_ERROR', errno: 1, byteOffset: 14 });
    await sql`INSERT INTO u (id, name) VALUES (1000, 'unique')`;
    const unique = await sql`INSERT INTO u (name) VALUES ('unique')`.catch((e: any) => e);
    expect([unique.code, unique.errno]).toEqual(['SQLITE_CONSTRAINT_UNIQUE', 2067]);
    expect(await of(sql``)).toBe("Error  SQL string mustn't be blank");
    expect(await of(sql.unsafe('-- only this'))).toContain('Query contained no valid SQL statement');
  });

  test('of a database that cannot be opened come with the first query, and go to onconnect', async () => {
    const heard: any[] = [];
    const s = new SQL('sqlite:/none/there/x.db', { onconnect: (error) => heard.push(error) });
    expect(heard.map((error) => error.code)).toEqual(['SQLITE_CANTOPEN']);
    for (const run of [() => s`SELECT 1`, () => s.connect(), () => s.begin(() => 1)]) {
      expect(await of(run())).toBe('SQLiteError SQLITE_CANTOPEN unable to open database file');
    }
  });
});

describe('sql.unsafe', () => {
  test('takes a list, names, or nothing', async () => {
    expect((await sql.unsafe('SELECT ? AS a, $2 AS b', [1, 2]))[0]).toEqual({ a: 1, b: 2 });
    expect((await sql.unsafe('SELECT :a AS a, $b AS b, @c AS c', { a: 1, $b: 2 }))[0]).toEqual({ a: 1, b: 2, c: null });
    expect((await sql.unsafe('SELECT ? AS a'))[0]).toEqual({ a: null });
    expect(await of(sql.unsafe('SELECT ?, ?', [1]))).toBe('Error  SQLite query expected 2 values, received 1');
    expect(await of(sql.unsafe('CREATE TABLE none (a)', [1]))).toBe(
      'Error  SQLite query expected 0 values, received 1',
    );
    const list = [1];
    const query = sql.unsafe('SELECT ? AS a', list);
    list[0] = 2;
    expect((await query)[0].a).toBe(1);
    const strict = new SQL({ filename: ':memory:', strict: true });
    expect(await of(strict.unsafe('SELECT :a', { b: 1 }))).toBe('Error  Missing parameter "a"');
  });

  test('runs every statement', async () => {
    const s = new SQL(':memory:');
    const results = await s.unsafe(
      'CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); SELECT * FROM t',
    );
    expect([results.length, results.count, results.command]).toEqual([0, 2, 'CREATE']);
    expect([...(await s.unsafe("SELECT ';' AS a; INSERT INTO t VALUES (3); -- done"))]).toEqual([{ a: ';' }]);
    expect(await facts(s.unsafe('INSERT INTO t VALUES (?) RETURNING a; INSERT INTO t VALUES (5)', [4]))).toEqual([
      1,
      1,
      1,
      'INSERT',
      5,
    ]);
    const trigger = `CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END; INSERT INTO t VALUES (6)`;
    expect((await s.unsafe(trigger)).count).toBe(1);
    expect((await s.unsafe(`EXPLAIN ${trigger.replace(' g ', ' h ')}`)).count).toBeGreaterThan(1);
    expect((await s`SELECT a FROM t`.values()).flat()).toEqual([1, 2, 3, 4, 5, 6, 6]);
    expect(await of(s.unsafe('SELECT 1; INSERT INTO t VALUES (?)', []))).toContain(
      'Only the first statement of a SQLite query',
    );
    const error = await s.unsafe('SELECT 1 AS é; wrong').catch((e: any) => e);
    expect([error.message, error.byteOffset]).toEqual(['near "wrong": syntax error', 16]);
    await s.close();
  });
});

describe('sql.file', () => {
  test('reads the file when the query starts', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sql-'));
    const file = path.join(folder, 'query.sql');
    const query = sql.file(file, [4]);
    expect(await of(sql.file(file))).toContain('ENOENT');
    writeFileSync(file, 'SELECT ? AS a, 2 AS b');
    expect([...(await query)]).toEqual([{ a: 4, b: 2 }]);
    expect(await of(sql.file(file).execute().cancel())).toContain('ERR_SQLITE_QUERY_CANCELLED');
    expect(await of((sql as any).file())).toContain('TypeError ERR_INVALID_ARG_TYPE Expected file path');
    rmSync(folder, { recursive: true });
  });
});

describe('what SQLite has not', () => {
  test('says so', async () => {
    const s = new SQL(':memory:');
    expect(() => s.array([1])).toThrow("SQLite doesn't support arrays");
    expect(await of(s.reserve())).toBe("Error  This adapter doesn't support connection reservation");
    expect(await of(s.beginDistributed('a', () => {}))).toBe(
      "Error  This adapter doesn't support distributed transactions.",
    );
    expect(await of(s.commitDistributed('a'))).toBe("Error  SQLite doesn't support distributed transactions.");
    expect(await of(s.rollbackDistributed('a'))).toBe("Error  SQLite doesn't support distributed transactions.");
    expect(await of(s.listen('a', () => {}))).toContain('LISTEN/NOTIFY is not supported by this adapter');
    expect(await of(s.notify('a'))).toContain('LISTEN/NOTIFY is not supported by this adapter');
    expect(() => s.notify('')).toThrow("The argument 'channel' must be a non-empty string. Received ''");
    expect(await of(s.listen('x'.repeat(64), () => {}))).toContain('must be at most 63 bytes');
    expect(await of((s as any).beginDistributed())).toContain("The argument 'name' must be a string");
    expect(s.flush()).toBeUndefined();
    expect(await s.connect()).toBe(s);
  });
});

describe('close', () => {
  test('ends everything, once', async () => {
    const heard: any[] = [];
    const s = new SQL(':memory:', {
      onconnect: (error) => heard.push(error),
      onclose: (error) => heard.push(error?.message),
    });
    expect(heard).toEqual([null]);
    expect(await of(s.close({ timeout: -1 }))).toContain('must be a non-negative integer less than 2^31. Received -1');
    await s.close();
    await s.close({ timeout: 1 });
    expect(heard).toEqual([null, 'Connection closed']);
    for (const run of [() => s`SELECT 1`, () => s.begin(() => 1), () => s.connect(), () => s.reserve()]) {
      expect(await of(run())).toBe('SQLiteError ERR_SQLITE_CONNECTION_CLOSED Connection closed');
    }
    {
      await using other = new SQL(':memory:');
      await other`SELECT 1`;
    }
  });
});
