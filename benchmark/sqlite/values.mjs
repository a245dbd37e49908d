// Values that are large, not ASCII or 64 bits wide.
import { one } from './tables.mjs';

/** Writes a value and reads it. @param {string} type @param {any} value @param {'put' | 'get'} what @returns {import('./tables.mjs').Work} */
const stored = (type, value, what) => (database) => {
  database.exec(`create table stored (id integer primary key, value ${type})`);
  const put = database.prepare('insert or replace into stored values (1, ?)');
  put.run(value);
  if (what === 'put') {
    return (iterations) => {
      for (let i = 0; i < iterations; i++) put.run(value);
    };
  }
  const get = database.prepare('select value from stored where id = 1');
  return (iterations) => {
    for (let i = 0; i < iterations; i++) if (get.get().value.length !== value.length) throw new Error('not the value');
  };
};

const text = (/** @type {number} */ i) => `Žluťoučký kůň ${i} 日本語`;

/** @param {'put' | 'get' | 'all'} what @param {(i: number) => any} value @param {boolean} [big] @returns {import('./tables.mjs').Work} */
const small = (what, value, big) => (database) => {
  database.exec('create table small (id integer primary key, value)');
  const put = database.prepare('insert or replace into small values (?, ?)');
  const list = Array.from({ length: 1000 }, (_, i) => value(i));
  for (const [i, one] of list.entries()) put.run(i + 1, one);
  const get = database.prepare(`select id, value from small ${what === 'get' ? 'where id = ?' : ''}`);
  if (big) (get.safeIntegers ?? get.setReadBigInts).call(get, true);
  return (iterations) => {
    for (let i = 0; i < iterations; i++) {
      if (what === 'put') put.run((i % 1000) + 1, list[i % 1000]);
      else if (!(what === 'get' ? get.get((i % 1000) + 1) : get.all().length)) throw new Error('no row');
    }
  };
};

const blob = new Uint8Array(100_000).fill(7);
const long = 'x'.repeat(1_000_000);
const wide = (/** @type {number} */ i) => 9_007_199_254_740_993n + BigInt(i);

export default [
  one('blob of 100 KB, get', stored('blob', blob, 'get')),
  one('blob of 100 KB, insert', stored('blob', blob, 'put')),
  one('text of 1 MB, get', stored('text', long, 'get')),
  one('text of 1 MB, insert', stored('text', long, 'put')),
  one('text that is not ASCII, get', small('get', text)),
  one('text that is not ASCII, all of 1,000 rows', small('all', text)),
  one('text that is not ASCII, insert', small('put', text)),
  one('64-bit integers, get', small('get', wide, true)),
  one('64-bit integers, all of 1,000 rows', small('all', wide, true)),
  one('64-bit integers, insert', small('put', wide)),
];
