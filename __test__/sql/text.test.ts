import { SQL } from 'bun';
import { afterAll, beforeAll, expect, test } from 'bun:test';

let sql: SQL;
beforeAll(async () => {
  sql = new SQL(':memory:');
  await sql`CREATE TABLE t (a, b)`;
  await sql`INSERT INTO t VALUES (1, 2)`;
});
afterAll(() => sql.close());

/** What one would write with three dots, of so many parts. */
function template(count: number, part: (index: number) => string, value: (index: number) => unknown): any {
  const strings: any = Array.from({ length: count + 1 }, (_, index) => (index < count ? part(index) : ''));
  Object.defineProperty(strings, 'raw', { value: strings });
  return (sql as any)(strings, ...Array.from({ length: count }, (_, index) => value(index)));
}

test('a query may have many helpers in a long text', async () => {
  const space = ' '.repeat(500);
  const query = template(
    1500,
    (index) => `${index ? `, ${space}` : 'SELECT '}${index} IN `,
    () => sql([1, 2]),
  );
  const [row] = await query.values();
  expect(row).toHaveLength(1500);
  expect(row.filter(Boolean)).toHaveLength(2);
});

test('a word, a quote or a comment may begin in one part and end in the next', async () => {
  const rows = [[1]];
  const values = (query: any) => query.values();
  expect(await values(sql`SELECT a FROM t WHERE b I${sql.unsafe('N')}${sql([2])}`)).toEqual(rows);
  expect(await values(sql`SELECT a FROM t WHERE b IN /${sql.unsafe('* update *')}/ ${sql([2])}`)).toEqual(rows);
  expect(await values(sql`SELECT a FROM t WHERE b IN -${sql.unsafe('- update')}\n ${sql([2])}`)).toEqual(rows);
  expect(
    await values(sql`SELECT a FROM t WHERE b IN ${sql([2])} AND '${sql.unsafe("set'")} > '' AND b IN ${sql([2])}`),
  ).toEqual(rows);
  const helpers = new SyntaxError('Helpers are only allowed for INSERT, UPDATE and IN commands');
  const wrong = sql`UPDATE t SET a = '${sql.unsafe("in '")} WHERE ${sql({ a: 7 })}`;
  expect(await wrong.catch((error: unknown) => error)).toEqual(helpers);
});

test('names have no NUL', async () => {
  const fault = (name: string) =>
    expect.objectContaining({
      code: 'ERR_INVALID_ARG_VALUE',
      message: `The argument 'name' must not contain null bytes. Received '${name}'`,
    });
  const caught = (query: any) => query.catch((error: unknown) => error);
  expect(() => sql('a\0b')).toThrow(fault(String.raw`a\x00b`));
  expect(() => sql('t.a\0')).toThrow(fault(String.raw`t.a\x00`));
  expect(await caught(sql`INSERT INTO t ${sql({ 'a\0': 1 })}`)).toEqual(fault(String.raw`a\x00`));
  expect(await caught(sql`UPDATE t SET ${sql({ 'a\0': 1 })}`)).toEqual(fault(String.raw`a\x00`));
  expect(await sql`SELECT ${'a\0b'} AS x`.values()).toEqual([['a\0b']]);
});

test('what every object inherits is no protocol', () => {
  for (const name of ['constructor', 'valueof']) {
    expect(() => new SQL(`${name}://x`)).toThrow(`Unsupported protocol: ${name}. Supported adapters: `);
  }
});
