// Hostile SQL (mutated from a corpus), hostile values, and calls in a bad order, from a seed; prints the answers.
//   node __test__/fuzz/compare.mjs sqlite-hostile.mjs 1-50 100
import { Database } from 'bun:sqlite';
import { generator } from './random.mjs';
import { line } from './show.mjs';

const [seed = 1, rounds = 50] = process.argv.slice(2).map(Number);
const { random, below, pick } = generator(seed);

const corpus = [
  'select * from t where a = ? order by b desc limit 5',
  'select a, count(*), group_concat(b) from t group by a having count(*) > ?1',
  'insert into t(a, b, c) values ($a, :b, @c) returning rowid, *',
  'insert or replace into u(k, v) values (?, ?) on conflict(k) do update set v = excluded.v || ?3',
  'update t set a = coalesce(?, a), b = b + 1 where rowid in (select rowid from t where b < 9)',
  'delete from t where b between ?2 and ?1',
  'with x(n, m) as (values (1, 2), (?, 4)) select x.n, t.* from x left join t on t.b = x.n',
  'select json_extract(?, ?), json_array(a, b), json_object(?1, c) from t',
  "select printf('%5d|%-10s|%.3f|%q', ?, ?, ?, ?)",
  "select hex(?), quote(?), typeof(?), length(?), upper(?), substr(?, 2, 3), instr(?, 'b')",
  'select a over (partition by b), sum(b) over (order by a rows 2 preceding), lag(a) over w from t window w as (order by b)',
  'select case when a like ? then a glob ? else a is not distinct from ? end from t',
  'select cast(? as integer), cast(? as text), cast(? as blob), cast(? as real), cast(? as numeric)',
  'select a, (select max(b) from t as s where s.a = t.a) as m, exists(select 1 from u where k = t.a) from t',
  'create table if not exists x(a integer primary key, b text collate nocase, c as (a + 1), check (a < 1000))',
  'create index if not exists i on t(a, b) where c is not null',
  'create trigger if not exists tr after insert on t begin insert into u(k, v) values (new.a, new.b); end',
  'create view if not exists v as select a, b from t where b > 1',
  'create temp table tt as select * from t',
  'alter table t rename column a to a2',
  'alter table t add column d default 5',
  'drop table if exists tt',
  'begin',
  'commit',
  'rollback',
  'savepoint s',
  'release s',
  'rollback to s',
  'pragma table_info(t)',
  'pragma foreign_keys = on',
  'pragma recursive_triggers',
  'select * from pragma_table_info(?)',
  'select * from json_each(\'[1,2,{"a":null},[true]]\')',
  'select a from t union select b from t except select k from u intersect select ?',
  'select f(?, a), g(b) from t',
  'select agg(b) from t group by a',
  'create virtual table if not exists f using fts5(body)',
  "insert into f(rowid, body) values (?, 'some text')",
  'insert into f_docsize select * from f_docsize',
  'create virtual table if not exists r using rtree(id, x0, x1)',
  'insert into r values (?, ?, ?)',
  'delete from r_node',
  'create table f_content(a)',
  'pragma writable_schema = 1',
  'pragma writable_schema',
  'pragma schema_version = 9',
  'pragma journal_mode = off',
  "update sqlite_schema set name = 'x' where rowid = ?",
  "insert into sqlite_schema values ('table', 'x', 'x', ?, 'create table x(a)')",
  'vacuum',
  'reindex',
  'analyze',
  "select x'00ff' || ?, -?1, +?2, ~?3, not ?4, ? + ?, ? / ?, ? % ?, ? << ?, ? & ?, ? -> ?, ? ->> ?",
  'select 9223372036854775807 + ?, -9223372036854775808, 1e308 * 10, 0x7fffffffffffffff, 1.5e-320',
  "select 'quote''d', \"a\", [b], `c` from t",
  'select ?5, ?2, ?, $x, :x, @x, $x::y, #1',
  '/* a comment */ select -- another\n 1 ; select 2 ; garbage',
  'select replace(a, ?, ?), trim(a, ?), char(?, ?), unicode(a), soundex(a), nullif(a, ?), iif(b, ?, ?) from t',
  "select date(?), time('12:00', ?), strftime('%Y-%j', ?, ?), unixepoch(?)",
  'select round(?, ?), abs(?), sign(?), pow(?, ?), ln(?), mod(?, ?), min(?, ?), max(?, ?)',
];
const words = [...new Set(corpus.join(' ').split(/\s+/))];
const bits = [
  '(',
  ')',
  ',',
  ';',
  "'",
  '"',
  '`',
  '[',
  ']',
  '?',
  '$',
  ':',
  '@',
  '*',
  '\0',
  '--',
  '/*',
  '*/',
  '😀',
  'é',
  '\ud800',
  '\n',
  '.',
  '0x',
  '1e999',
  '\\',
  '||',
];

/** @param {string} sql */
function mutated(sql) {
  let parts = sql.split(/(\s+)/);
  for (let times = below(4); times > 0; times--) {
    const at = below(parts.length);
    switch (below(8)) {
      case 0:
        parts.splice(at, 1);
        break;
      case 1:
        parts.splice(at, 0, pick(words));
        break;
      case 2:
        parts[at] = pick(words);
        break;
      case 3:
        parts.splice(at, 0, pick(bits));
        break;
      case 4:
        parts = parts.slice(0, at);
        break;
      case 5:
        parts.push(' ', ...pick(corpus).split(/(\s+)/).slice(at));
        break;
      case 6: {
        const word = parts[at] ?? '';
        const place = below(word.length + 1);
        parts[at] = word.slice(0, place) + pick(bits) + word.slice(place + below(2));
        break;
      }
      default: {
        const other = below(parts.length);
        [parts[at], parts[other]] = [parts[other], parts[at]];
      }
    }
  }
  return parts.join('');
}

/**
 * What the two runtimes may answer differently: their builds, their clocks, what takes too long, and `explain`, whose runs
 * SQLite does not count, so that real Bun does not notice that an iterator of it has lost its cursor.
 *
 * @param {string} sql
 */
function isComparable(sql) {
  return !/random|explain|now|current|recursive|compile|memory|heap|limit.*(update|delete)|(update|delete)[^]*(limit|order)|attach|cache|mmap|locking|journal|#\d/i.test(
    sql,
  );
}

/** Values of every kind; what is no value stands among them. @param {Database} db @param {any} statement */
function value(db, statement) {
  return pick([
    () => null,
    () => undefined,
    () => true,
    () => below(10),
    () => -below(2 ** 31),
    () => 2 ** 53 - below(3),
    () => random() * 1e6,
    () => pick([NaN, Infinity, -0, 1e300, 5e-324]),
    () => BigInt(below(100)),
    () => pick([2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, 2n ** 200n]),
    () => pick(['', 'a', 'b', 'text', '日本', 'a\0b', '\udc00x', '%', '[1,{"a":2}]', '$.a', 'x'.repeat(below(3000))]),
    () => new Uint8Array(below(30)).fill(below(256)),
    () => new Uint8Array(below(9000)),
    () => new Float32Array([1, 2]),
    () => new ArrayBuffer(below(9)),
    () => new DataView(new ArrayBuffer(4), 1),
    () => new Uint8Array(new SharedArrayBuffer(5)),
    () => new Date(5),
    () => Symbol('s'),
    () => () => 1,
    () => [1, 'two'],
    () => [],
    () => ({}),
    () => ({ a: 1, b: 'b', c: null, $a: 2, ':b': 3, '@c': 4, x: 5, 0: 'zero', 1: 'one' }),
    () => ({ a: new Date(1), b: Symbol('x') }),
    () => Object.create(null, { a: { value: 1, enumerable: true } }),
    () => ({
      get a() {
        throw new RangeError('a getter');
      },
    }),
    () => ({
      get a() {
        statement?.finalize?.();
        return 1;
      },
    }),
    () => ({
      get b() {
        statement?.toString?.();
        return 2;
      },
    }),
    () => ({
      get c() {
        db.run('drop table if exists tt');
        return new Uint8Array(4);
      },
    }),
    () => new Array(below(5)).fill(below(5)),
    () => new Map([['a', 1]]),
  ])();
}

/** @param {Database} db */
function define(db) {
  db.function('f', (/** @type {any} */ a, /** @type {any} */ b) => {
    if (a === 3) throw new RangeError('three');
    if (a === 4) return db.query('select 1').get();
    if (a === 5) return db.close();
    return b === undefined ? Symbol('none') : b;
  });
  db.function('g', (/** @type {any} */ a) => (typeof a === 'number' ? BigInt(Math.trunc(a)) : a));
  db.aggregate('agg', {
    start: () => [],
    step: (/** @type {any[]} */ list, /** @type {any} */ a) => {
      if (list.push(a) > 12) throw new Error('enough');
    },
    result: (list) => list.join(),
  });
}

const methods = ['get', 'all', 'values', 'raw', 'run', 'iterate'];
/** @param {unknown} [error] */
const tidy = (error) => String(error).replace(/evaluating .*|Cannot read private.*|\bat .*/, '…');

for (let round = 0; round < rounds; round++) {
  const db = new Database(':memory:', { strict: below(4) === 0, safeIntegers: below(4) === 0 });
  db.run('create table t(a, b integer, c blob); create table u(k primary key, v)');
  for (let n = 0; n < 14; n++)
    db.run('insert into t values (?, ?, ?)', [pick(['a', 'b', 'c', n]), n, new Uint8Array(n)]);
  define(db);
  /** @type {any[]} */ const statements = [];
  /** @type {any[]} */ const iterators = [];
  const calls = 12 + below(20);
  for (let call = 0; call < calls; call++) {
    const statement = statements.length && below(3) ? pick(statements) : undefined;
    const given = () =>
      Array.from({ length: below(2) ? (statement?.count ?? below(4)) : below(4) }, () => value(db, statement?.it));
    switch (below(12)) {
      case 0:
      case 1:
      case 2: {
        const sql = mutated(pick(corpus));
        if (!isComparable(sql)) break;
        line(() => {
          const it = below(2) ? db.prepare(sql) : db.query(sql);
          statements.push({ it, count: it.paramsCount });
          return [sql, it.columnNames, it.paramsCount, it.declaredTypes, it.reader, it.readonly];
        }, tidy);
        break;
      }
      case 3: {
        const sql = mutated(pick(corpus));
        if (isComparable(sql)) line(() => [sql, db.run(sql, ...given())], tidy);
        break;
      }
      case 4:
        if (statement) {
          line(() => {
            const iterator = statement.it.iterate(...given());
            iterators.push(iterator);
            return iterator.next();
          }, tidy);
        }
        break;
      case 5:
        if (iterators.length)
          line(
            () =>
              pick([
                () => pick(iterators).next(),
                () => pick(iterators).return(5),
                () => [...pick(iterators)].length,
              ])(),
            tidy,
          );
        break;
      case 6:
        if (statement && below(4) === 0) line(() => [statement.it.finalize(), statement.it.isFinalized], tidy);
        break;
      case 7:
        line(
          () => [db.inTransaction, statement && statement.it.toString(), statement && statement.it.columnNames],
          tidy,
        );
        break;
      case 8:
        // A savepoint that cannot be opened: real Bun says that it cannot be rolled back.
        if (db.inTransaction && iterators.length) break;
        line(
          () =>
            db.transaction(() => {
              db.run('insert into t(b) values (100)');
              if (statement) statement.it.all(...given());
              if (below(3) === 0) throw new EvalError('out');
              return below(100);
            })(),
          tidy,
        );
        break;
      default:
        if (statement) {
          const method = pick(methods);
          line(() => {
            const result = statement.it[method](...given());
            return [method, method === 'iterate' ? [...result] : result];
          }, tidy);
        }
    }
  }
  line(() => [db.inTransaction, db.query('pragma integrity_check').values()], tidy);
  line(() => pick([() => db.close(), () => db.close(true), () => db[Symbol.dispose]()])(), tidy);
  for (const { it } of statements) line(() => [it.isFinalized, it[pick(methods)]()], tidy);
  for (const iterator of iterators) line(() => iterator.next(), tidy);
}
