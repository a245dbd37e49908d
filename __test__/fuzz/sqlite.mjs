// Random schemas, values and queries from a seed; prints what the database answered, one line a query.
// Run it on Node with dx-compat and on real Bun with the same seed: the output must be the same.
//   node __test__/fuzz/compare.mjs sqlite.mjs 1-50 200
import { Database } from 'bun:sqlite';
import { generator } from './random.mjs';
import { line } from './show.mjs';

const [seed = 1, rounds = 50] = process.argv.slice(2).map(Number);

const { random, below, pick } = generator(seed);

const texts = [
  '',
  'a',
  'plain text',
  'naïve café',
  '日本語',
  '😀😀',
  'nul\0nul',
  'a\ud800b',
  'quote\'"',
  'x'.repeat(1100),
  'é'.repeat(700),
  '12',
  '1e3',
  ' 5 ',
];
const values = [
  () => null,
  () => undefined,
  () => below(2) === 0,
  () => below(10),
  () => -below(2 ** 31),
  () => below(2 ** 31) * 1000,
  () => random() * 1e6,
  () => -0,
  () => NaN,
  () => Infinity,
  () => 2 ** 53,
  () => BigInt(below(1e9)) ** 3n,
  () => -(2n ** 63n),
  () => pick(texts),
  () => pick(texts) + below(1000),
  () => new Uint8Array(below(20)).fill(below(256)),
  () => new Uint8Array(below(6000)).fill(1),
  () => new Float64Array([random()]),
];
const types = ['', 'integer', 'text', 'real', 'blob', 'numeric', 'any', 'varchar(10)', 'boolean'];
const names = ['a', 'b', 'c1', '__proto__', 'constructor', '0', '12', 'ünï', 'with space', 'A'];
const expressions = [
  'typeof(#)',
  'length(#)',
  'upper(#)',
  'hex(#)',
  '# || #',
  '# + 1',
  '# * 1.5',
  '-#',
  'abs(#)',
  'coalesce(#, #)',
  'quote(#)',
  '# is null',
  'cast(# as text)',
  'cast(# as integer)',
  'cast(# as blob)',
  'substr(#, 2, 3)',
  'round(#, 1)',
  '# = #',
  '# > #',
  'case when # then # else # end',
  'json_quote(#)',
  'char(35)',
  '1',
  'null',
  '#',
];
const quoted = (/** @type {string} */ name) => `"${name.replaceAll('"', '""')}"`;

for (let round = 0; round < rounds; round++) {
  const db = new Database(':memory:', { safeIntegers: below(4) === 0, strict: below(4) === 0 });
  const columns = [...new Set(Array.from({ length: 1 + below(7) }, () => pick(names)))].filter(
    (name, index, all) => all.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index,
  );
  line(() =>
    db.run(
      `create table t(${columns.map((name) => `${quoted(name)} ${pick(types)}${below(9) === 0 ? ' unique' : ''}`)})`,
    ),
  );
  const insert = db.prepare(`insert into t values (${columns.map(() => '?')})`);
  for (let row = below(60); row > 0; row--) {
    const given = columns.map(() => pick(values)());
    line(() => (below(2) ? insert.run(...given) : insert.run(given)));
  }
  for (let query = 0; query < 12; query++) {
    const expression = () => pick(expressions).replace(/#/g, () => (below(5) === 0 ? '?' : quoted(pick(columns))));
    const selected =
      below(3) === 0
        ? '*'
        : Array.from(
            { length: 1 + below(4) },
            (_, index) => `${expression()}${below(2) ? ` as ${quoted(pick(names))}` : ` as x${index}`}`,
          ).join();
    const sql = `select ${selected} from t${below(2) ? ` where ${expression()}` : ''}${below(2) ? ' order by 1' : ''}${below(3) ? '' : ` limit ${below(9)}`}${below(20) ? '' : ' oops'}`;
    line(() => {
      const statement = db.prepare(sql);
      const given = Array.from({ length: statement.paramsCount }, () => pick(values)());
      if (below(10) === 0) given.push(1);
      const method = pick(['get', 'all', 'values', 'raw', 'iterate', 'run']);
      const result = /** @type {any} */ (statement)[method](...given);
      return [method, method === 'iterate' ? [...result] : result, statement.columnNames, statement.declaredTypes];
    });
  }
  line(() => db.query('pragma integrity_check').values());
  db.close(true);
}
