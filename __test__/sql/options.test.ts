import { SQL, sql } from 'bun';
import { describe, expect, test } from 'bun:test';
import cases from './options.cases.json';

/** The options of a client, or what making it throws. */
function outcome(args: any[]) {
  try {
    const { ...options } = new (SQL as any)(...args).options;
    return { options: JSON.parse(JSON.stringify(options)) };
  } catch (error: any) {
    const isURL = error.code === 'ERR_INVALID_URL';
    return { error: [error.constructor.name, error.code ?? '', isURL ? '' : error.message] };
  }
}

/** Runs with exactly these variables out of those that `Bun.SQL` reads. */
function withVariables<T>(variables: Record<string, string>, run: () => T): T {
  const before = { ...process.env };
  for (const name in before) if (/URL|^PG|MYSQL|MARIADB|USER/.test(name)) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return run();
  } finally {
    for (const name in variables) delete process.env[name];
    Object.assign(process.env, before);
  }
}

describe('options of Bun.SQL', () => {
  test('are in every case those of the real binary', () => {
    const wrong = cases.arguments
      .map(({ args, ...expected }) => ({ args, expected, got: withVariables({}, () => outcome(args)) }))
      .filter(({ expected, got }) => !Bun.deepEquals(expected, got));
    expect(wrong).toEqual([]);
  });

  test('come from the environment as in the real binary', () => {
    const wrong = cases.environment
      .map(({ env, args, ...expected }) => ({
        env,
        args,
        expected,
        got: withVariables(env as any, () => outcome(args)),
      }))
      .filter(({ expected, got }) => !Bun.deepEquals(expected, got));
    expect(wrong).toEqual([]);
  });

  test('may be a URL object; they are not the ones that were given', () => {
    const given = { filename: ':memory:' };
    expect(new SQL(given).options).not.toBe(given as any);
    expect(given).toEqual({ filename: ':memory:' });
    const absolute = new URL('file:///none/there/x%20y.db');
    expect(new SQL(absolute).options).toMatchObject({ adapter: 'sqlite', filename: '/none/there/x y.db' });
    expect(new SQL({ filename: absolute }).options).toMatchObject({ filename: '/none/there/x y.db' });
    expect(() => new SQL('sqlite:a\0b')).toThrow('without null bytes');
  });

  test('hide the password when they are printed', () => {
    const { options } = new SQL('postgres://user:secret@host/db');
    expect((options as any).password).toBe('secret');
    expect(Bun.inspect(options)).toContain('password: "[REDACTED]"');
  });
});

describe('Bun.SQL', () => {
  test('makes functions that are instances of it, with methods of their own', () => {
    const made = new SQL(':memory:');
    expect(made).toBeInstanceOf(SQL);
    expect((SQL as any)(':memory:')).toBeInstanceOf(SQL);
    expect(Object.keys(made)).toEqual(
      'unsafe file notify commitDistributed rollbackDistributed reserve listen array json options connect flush transaction begin distributed beginDistributed end close'.split(
        ' ',
      ),
    );
    expect(typeof made[Symbol.asyncDispose]).toBe('function');
    expect([made.name, made.length, made.unsafe.name, made.unsafe.length]).toEqual(['sql', 1, 'bound unsafe', 2]);
    expect([SQL.name, SQL.length, (SQL as any).prototype.constructor === SQL]).toEqual(['SQL', 0, true]);
  });

  test('cannot be extended', () => {
    class Extended extends SQL {}
    expect(() => new Extended(':memory:')).toThrow('Bun.SQL cannot be subclassed.');
    expect(() => Reflect.construct(SQL, [':memory:'], Object)).toThrow(TypeError);
  });

  test('has a default client, which Bun.postgres is, too', () => {
    expect(sql).toBe(Bun.sql);
    expect(Bun.postgres).toBe(Bun.sql);
    expect(sql).toBeInstanceOf(SQL);
    expect(Object.keys(sql)).not.toContain('options');
    expect(typeof sql.begin).toBe('function');
  });

  test('has classes of errors with properties of their own', () => {
    const error = new SQL.SQLiteError('m', { code: 'C', errno: 5, byteOffset: 1 });
    expect(Object.keys(error)).toEqual(['name', 'code', 'errno', 'byteOffset']);
    expect(String(error)).toBe('SQLiteError: m');
    expect(error).toBeInstanceOf(SQL.SQLError);
    expect(Object.keys(new SQL.SQLiteError('m', { code: 'C', errno: 5 }))).toEqual(['name', 'code', 'errno']);
    expect(Object.keys(new SQL.SQLError('m'))).toEqual(['name']);
    const mysql = new SQL.MySQLError('m', { code: 'C', errno: 5, sqlState: 'x' });
    expect(Object.keys(mysql)).toEqual(['name', 'code', 'errno', 'sqlState']);
    const postgres = new SQL.PostgresError('m', { code: 'C', errno: '5', detail: 'd', hint: 'h', other: 1 } as any);
    expect({ ...postgres }).toEqual({ name: 'PostgresError', code: 'C', errno: '5', detail: 'd', hint: 'h' } as any);
  });

  test('says that there is no connection, with the error of the adapter', async () => {
    // Real Bun has no server here either; what the error says differs.
    for (const [url, Class] of [
      ['postgres://127.0.0.1:1/x', SQL.PostgresError],
      ['mysql://127.0.0.1:1/x', SQL.MySQLError],
    ] as const) {
      const client = new SQL(url, { connectionTimeout: 1 });
      for (const run of [
        () => client`SELECT 1`,
        () => client.connect(),
        () => client.begin(() => 1),
        () => client.reserve(),
      ]) {
        expect(await Promise.resolve(run()).catch((error) => error)).toBeInstanceOf(Class);
      }
      await client.close();
    }
  });
});

describe('names', () => {
  const names =
    'user_id _user_id user__id USER_ID user_id_ user_1 userId UserID a_b_c id user-id _ __ ÄB_öx HTMLParser a1B2 x_Y a-b-c -a A'.split(
      ' ',
    );
  test.each([
    [
      'toCamel',
      'userId _userId user_id USERID userId_ user1 userId UserID aBC id user-id _ __ ÄBÖx HTMLParser a1B2 xY a-b-c -a A',
    ],
    [
      'toPascal',
      'UserId _userId User_id USERID UserId_ User1 UserId UserID ABC Id User-id _ __ ÄBÖx HTMLParser A1B2 XY A-b-c -a A',
    ],
    [
      'toKebab',
      'user-id -user-id user--id USER-ID user-id- user-1 userId UserID a-b-c id user-id - -- ÄB-öx HTMLParser a1B2 x-Y a-b-c -a A',
    ],
    [
      'fromCamel',
      'user_id _user_id user__id _u_s_e_r__i_d user_id_ user_1 user_id _user_i_d a_b_c id user-id _ __ ä_b_öx _h_t_m_l_parser a1_b2 x__y a-b-c -a _a',
    ],
    [
      'fromPascal',
      'user_id _user_id user__id u_s_e_r__i_d user_id_ user_1 user_id user_i_d a_b_c id user-id _ __ ä_b_öx h_t_m_l_parser a1_b2 x__y a-b-c -a a',
    ],
    [
      'fromKebab',
      'user_id _user_id user__id USER_ID user_id_ user_1 userId UserID a_b_c id user_id _ __ ÄB_öx HTMLParser a1B2 x_Y a_b_c _a A',
    ],
  ])('SQL.%s', (name, expected) => {
    expect(names.map((each) => (SQL as any)[name](each)).join(' ')).toBe(expected);
  });

  test('presets have both directions', () => {
    expect(SQL.camel.column).toEqual({ from: SQL.toCamel, to: SQL.fromCamel } as any);
    expect(SQL.toCamel.column).toEqual({ from: SQL.toCamel } as any);
    expect(SQL.fromKebab.column).toEqual({ to: SQL.fromKebab } as any);
  });
});
