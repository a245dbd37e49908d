import { SQL } from 'bun';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

let sql: SQL;
beforeAll(async () => {
  sql = new SQL(':memory:');
  await sql`CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT, age INTEGER DEFAULT 7)`;
});
afterAll(() => sql.close());

const message = (query: any) =>
  Promise.resolve(query).then(
    () => 'nothing',
    (error: any) => `${error.name}: ${error.message}`,
  );

describe('sql(object)', () => {
  test('inserts', async () => {
    const returned = async (query: any) => (await query.values()).map((row: any) => row.join());
    expect(await returned(sql`INSERT INTO u ${sql({ id: 1, name: 'a' })} RETURNING *`)).toEqual(['1,a,7']);
    expect(await returned(sql`INSERT INTO u ${sql({ id: 2, name: 'b', age: 1 }, 'id', 'name')} RETURNING *`)).toEqual([
      '2,b,7',
    ]);
    // The first row says which columns there are; what a row lacks is NULL.
    const rows = [
      { id: 3, name: 'c', age: 1 },
      { id: 4, name: 'd' },
      { id: 5, other: 1 },
    ];
    expect(await returned(sql`INSERT INTO u ${sql(rows)} RETURNING *`)).toEqual(['3,c,1', '4,d,', '5,,']);
    expect(await returned(sql`INSERT INTO u ${sql({ id: 6, name: 'e', age: undefined })} RETURNING *`)).toEqual([
      '6,e,7',
    ]);
    expect(await returned(sql`INSERT INTO u ${sql({ id: 7, name: sql`upper(${'f'})` })} RETURNING *`)).toEqual([
      '7,F,7',
    ]);
    expect(await returned(sql`INSERT OR REPLACE INTO ${sql('main.u')} ${sql({ id: 7 })} RETURNING *`)).toEqual([
      '7,,7',
    ]);
  });

  test('updates', async () => {
    const s = new SQL(':memory:');
    await s`CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)`;
    await s`INSERT INTO t VALUES (1, 1, 1)`;
    const row = async (query: any) => (await query)[0];
    expect(await row(s`UPDATE t SET ${s({ a: 2, b: undefined })} WHERE id = ${1} RETURNING *`)).toEqual({
      id: 1,
      a: 2,
      b: 1,
    });
    expect(await row(s`UPDATE t SET ${s({ a: 3, b: 3 }, 'b')} RETURNING *`)).toEqual({ id: 1, a: 2, b: 3 });
    expect(await row(s`UPDATE t ${s({ a: 4 })} RETURNING *`)).toEqual({ id: 1, a: 4, b: 3 }); // SET is added
    expect(await row(s`UPDATE t SET ${s({ a: 5 })}, ${s({ b: s`a + ${1}` })} RETURNING *`)).toEqual({
      id: 1,
      a: 5,
      b: 5,
    });
    const upsert = s`INSERT INTO t ${s({ id: 1, a: 6 })} ON CONFLICT (id) DO UPDATE SET ${s({ a: 7 })} RETURNING a`;
    expect(await row(upsert)).toEqual({ a: 7 });
    await s.close();
  });

  test('is a list for IN', async () => {
    const found = async (query: any) => (await query.values()).flat();
    const all = sql`SELECT value FROM json_each('[1,2,3]')`;
    expect(await found(sql`${all} WHERE value IN ${sql([1, 2])}`)).toEqual([1, 2]);
    expect(await found(sql`${all} WHERE value NOT IN ${sql([1, 2])}`)).toEqual([3]);
    expect(await found(sql`${all} WHERE value IN ${sql([])}`)).toEqual([]);
    expect(await found(sql`${all} WHERE value NOT IN ${sql([])}`)).toEqual([1, 2, 3]);
    expect(await found(sql`${all} WHERE value IN ${sql([{ id: 1 }, { id: 3 }], 'id')}`)).toEqual([1, 3]);
    expect(await found(sql`${all} WHERE value IN ${sql([{ id: 1 }, { id: undefined }])}`)).toEqual([1]);
    expect(await found(sql`${all} WHERE value IN ${sql([sql`1 + 1`, null, 3])}`)).toEqual([2, 3]);
  });

  test('refuses what it cannot say', async () => {
    const none = 'SyntaxError: Helpers are only allowed for INSERT, UPDATE and IN commands';
    const noColumn = 'SyntaxError: Insert needs to have at least one column with a defined value';
    expect(await message(sql`SELECT ${sql({ a: 1 })}`)).toBe(none);
    expect(await message(sql`REPLACE INTO u ${sql({ a: 1 })}`)).toBe(none);
    expect(await message(sql`INSERT INTO u ${sql([])}`)).toBe('SyntaxError: Cannot INSERT with no columns');
    expect(await message(sql`INSERT INTO u ${sql([null])}`)).toBe('SyntaxError: Cannot INSERT with no columns');
    expect(await message(sql`INSERT INTO u ${sql({ a: undefined })}`)).toBe(noColumn);
    expect(await message(sql`INSERT INTO u ${sql({ a: 1 }, 'b' as any)}`)).toBe(noColumn);
    expect(await message(sql`INSERT INTO u ${sql([], 'a' as never)}`)).toBe(noColumn);
    expect(await message(sql`INSERT INTO u ${sql([{ name: 1 }, null] as any)}`)).toContain(
      'null or undefined as an item in INSERT',
    );
    expect(await message(sql`UPDATE u SET ${sql({ a: undefined })}`)).toBe(
      'SyntaxError: Update needs to have at least one column',
    );
    expect(await message(sql`UPDATE u SET ${sql([{ a: 1 }, { a: 2 }])}`)).toBe(
      'SyntaxError: Cannot use array of objects for UPDATE',
    );
    expect(await message(sql`UPDATE u SET ${sql([])}`)).toContain('null or undefined as an item in UPDATE helper');
    expect(await message(sql`SELECT 1 IN ${sql([{ a: 1 }], 'a', 'b' as any)}`)).toContain(
      'WHERE IN helper with multiple columns',
    );
    expect(await message(sql`SELECT 1 IN ${sql([null] as any, 'a')}`)).toContain(
      'Cannot use null as an item in WHERE IN helper',
    );
    expect(() => sql({ a: 1 }, Symbol('x') as any)).toThrow('Keys must be strings or numbers: Symbol(x)');
    expect(await message(sql.unsafe('SELECT ?', [sql({ a: 1 })]))).toContain('Binding expected');
  });

  test('shows what it holds', () => {
    const helper: any = sql([{ a: 1, b: 2 }]);
    expect([helper.constructor.name, { ...helper }]).toEqual([
      'SQLHelper',
      { value: [{ a: 1, b: 2 }], columns: ['a', 'b'] },
    ]);
    expect({ ...(sql({ a: 1, b: 2 }, 'b') as any) }).toEqual({ value: [{ a: 1, b: 2 }], columns: ['b'] });
    expect({ ...(sql(null as any) as any) }).toEqual({ value: [null], columns: [] });
  });
});

describe('what stands in front of a helper', () => {
  const helper = (): any => sql([{ a: 1 }, { a: 2 }], 'a', 'b' as any);
  const strings = (text: string) => Object.defineProperty([text, ''], 'raw', { value: [text, ''] }) as any;

  /** Two objects with two columns: each command says something else to that. */
  async function command(text: string) {
    const said = await message(sql(strings(text), helper()));
    if (said.startsWith('SyntaxError: Cannot use array')) return 'UPDATE';
    if (said.startsWith('SyntaxError: Cannot use WHERE')) return 'IN';
    return said.startsWith('SyntaxError: Helpers') ? 'none' : 'INSERT';
  }

  test.each([
    [
      'INSERT',
      [
        'insert into t ',
        'INSERT t ',
        'insert\t',
        'insert',
        '/*x*/insert into t ',
        '(insert ',
        'explain insert into t ',
      ],
    ],
    [
      'INSERT',
      [
        'insert into t(a) select ',
        'insert into t(a) values ',
        'insert into t on conflict do nothing ',
        'insert into "in" ',
      ],
    ],
    ['INSERT', ['insert into t (a) values (1); select ', 'with a as (select 1 where b in (1)) insert into t ']],
    ['UPDATE', ['update t ', 'update t set ', 'update t set a = ', 'UPDATE t SET\n', 'set ', 'select main.update ']],
    [
      'UPDATE',
      ['insert into t on conflict do update set ', 'update t set a=1 returning ', "update t set a='where' , "],
    ],
    ['UPDATE', ['update t /* where */ ', 'update t -- where\n ', 'update "where" set ', 'update `where` ']],
    [
      'IN',
      [
        'select 1 where a in ',
        'select a not in ',
        'in',
        'select a in(',
        'select a in((',
        'select a IN\r\n',
        'select a in\v',
      ],
    ],
    [
      'IN',
      [
        'update t set a=1 where a in (1) and ',
        'select a,in ',
        'select a in /* x */',
        'select a in -- x\n',
        'select a in+',
      ],
    ],
    [
      'IN',
      ['select a in (select ', "select 'open in ", 'select "open in ', 'update t set in = 1, ', 'create table in '],
    ],
    [
      'none',
      [
        'select ',
        'where ',
        'xinsert ',
        'insertx ',
        'select in_ ',
        '$$in$$ ',
        'select 1in ',
        'İn ',
        'select a in\u00a0',
      ],
    ],
    [
      'none',
      ['insert into t(a) select a from b where ', 'update t set a=1 where a = ', 'update [where] ', 'delete from t '],
    ],
    [
      'none',
      [
        'select "in" ',
        "select ' in ' ",
        "select 'it''s in ' ",
        'select a /* in */ ',
        'select a -- in\n',
        'select a."in" ',
      ],
    ],
  ])('%s', async (expected, texts) => {
    const wrong = [];
    for (const text of texts) if ((await command(text)) !== expected) wrong.push([text, await command(text)]);
    expect(wrong).toEqual([]);
  });

  test('may be a fragment', async () => {
    expect(await message(sql`UPDATE t ${sql`SET`} ${helper()}`)).toContain('array of objects');
    expect(await message(sql`SELECT 1 ${sql.unsafe('IN')} ${helper()}`)).toContain('WHERE IN');
    expect(await message(sql`SELECT 1 ${sql('in')} ${helper()}`)).toContain('Helpers are only allowed');
    expect(await message(sql`UPDATE t SET ${sql`${helper()}`}`)).toContain('array of objects');
  });
});

describe('transform', () => {
  async function database(transform: any) {
    const s = new SQL(':memory:', { transform });
    await s.unsafe(`CREATE TABLE t_x (id INTEGER PRIMARY KEY, first_name TEXT, a_b TEXT DEFAULT 'd')`);
    return s;
  }

  test('renames in both directions', async () => {
    const s = await database(SQL.camel);
    expect((await s`INSERT INTO ${s('tX')} ${s({ firstName: 'x', aB: undefined })} RETURNING *`)[0]).toEqual({
      id: 1,
      firstName: 'x',
      aB: 'd',
    });
    expect((await s`UPDATE t_x SET ${s({ firstName: 'y' }, 'firstName')} RETURNING ${s('firstName')}`)[0]).toEqual({
      firstName: 'y',
    });
    expect([...(await s`SELECT first_name FROM t_x`.values())]).toEqual([['y']]);
    expect((await s.unsafe('SELECT 1 AS one_two'))[0]).toEqual({ oneTwo: 1 });
    expect((await s.begin((tx) => tx`SELECT 1 AS one_two`))[0]).toEqual({ oneTwo: 1 });
    const toCamel = await database(SQL.toCamel);
    expect(await message(toCamel`INSERT INTO t_x ${toCamel({ firstName: 'x' })}`)).toContain(
      'no column named firstName',
    );
    const fromCamel = await database(SQL.fromCamel);
    expect((await fromCamel`INSERT INTO t_x ${fromCamel({ firstName: 'x' })} RETURNING first_name`)[0]).toEqual({
      first_name: 'x',
    });
  });

  test('takes functions', async () => {
    let calls = 0;
    const s = await database({ column: (name: string) => `${name}${++calls}` });
    expect([...(await s`SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4`)]).toEqual([
      { a1: 1, b2: 2 },
      { a1: 3, b2: 4 },
    ]);
    const proto = await database({ column: () => '__proto__' });
    expect(Object.keys((await proto`SELECT 1 AS a`)[0])).toEqual(['__proto__']);
    const failing = await database({
      column: () => {
        throw new Error('mine');
      },
    });
    expect(await message(failing`SELECT 1 AS a`)).toBe('Error: mine');
  });

  test('says what undefined is', async () => {
    const s = await database({ undefined: 'u' });
    expect((await s`SELECT ${undefined} AS a`)[0]).toEqual({ a: 'u' });
    expect((await s`INSERT INTO t_x ${s({ first_name: undefined })} RETURNING first_name`)[0]).toEqual({
      first_name: 'u',
    });
    const none = await database({ undefined: null });
    expect((await none`INSERT INTO t_x ${none({ a_b: undefined })} RETURNING a_b`)[0]).toEqual({ a_b: null });
  });
});
