// oxlint-disable no-sparse-arrays -- holes are among what is compared
import { expect, test } from 'bun:test';

/** Pairs of values; `results` says how real Bun compares them. */
const pairs: Record<string, [any, any]> = {
  arrpropS: [Object.assign([1], { a: 1 }), [1]],
  arrpropBoth: [Object.assign([1], { a: 1 }), Object.assign([1], { a: 2 })],
  errName: [Object.assign(new Error('a'), { name: 'X' }), new Error('a')],
  errSub: [new (class Q extends Error {})('a'), new Error('a')],
  errStack: [A(), A()],
  errNonEnum: [Object.defineProperty(A(), 'code', { value: 1 }), A()],
  errObj: [A(), { message: 'a' }],
  errCauseSame: [new Error('a', { cause: { x: 1 } }), new Error('a', { cause: { x: 1 } })],
  agg: [new AggregateError([new Error('1')], 'm'), new AggregateError([new Error('2')], 'm')],
  aggSame: [new AggregateError([new Error('1')], 'm'), new AggregateError([new Error('1')], 'm')],
  errUndefProp: [Object.assign(A(), { x: undefined }), A()],
  domex: [new DOMException('a', 'AbortError'), new DOMException('a', 'AbortError')],
  domex2: [new DOMException('a', 'AbortError'), new DOMException('b', 'AbortError')],
  nullp: [Object.create(null), {}],
  objVsCls: [
    { x: 1 },
    new (class A {
      x = 1;
    })(),
  ],
  cls2: [
    new (class A {
      x = 1;
    })(),
    new (class A {
      x = 1;
    })(),
  ],
  cls3: [
    new (class A {
      x = 1;
    })(),
    new (class B {
      x = 1;
    })(),
  ],
  u8i8: [new Uint8Array([1]), new Int8Array([1])],
  bufu8: [Buffer.from([1]), new Uint8Array([1])],
  dv: [new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(2))],
  f32nan: [new Float32Array([NaN]), new Float32Array([NaN])],
  f64negz: [new Float64Array([0]), new Float64Array([-0])],
  gen: [
    (function* () {
      yield 1;
    })(),
    (function* () {
      yield 2;
    })(),
  ],
  arrIter: [[1].values(), [2].values()],
  customIter: [
    {
      *[Symbol.iterator]() {
        yield 1;
      },
    },
    {
      *[Symbol.iterator]() {
        yield 2;
      },
    },
  ],
  clsIter: [
    new (class L {
      x = 1;
      *[Symbol.iterator]() {
        yield 1;
      }
    })(),
    new (class L {
      x = 1;
      *[Symbol.iterator]() {
        yield 2;
      }
    })(),
  ],
  setOrder: [new Set([1, 2]), new Set([2, 1])],
  setArr: [new Set([1]), [1]],
  mapObjKey: [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])],
  mapUndef: [new Map([['a', undefined]]), new Map()],
  mapUndef2: [new Map([['a', undefined]]), new Map([['b', undefined]])],
  mapProps: [Object.assign(new Map(), { x: 1 }), new Map()],
  wm: [new WeakMap(), new WeakMap()],
  prom: [Promise.resolve(1), Promise.resolve(2)],
  symEnum: [{ [Symbol.for('a')]: 1 }, { [Symbol.for('a')]: 2 }],
  symUndef: [{ [Symbol.for('a')]: undefined }, {}],
  nonEnum: [Object.defineProperty({}, 'a', { value: 1 }), {}],
  sparse1: [
    [, 1],
    [undefined, 1],
  ],
  sparse2: [
    [1, ,],
    [1, undefined],
  ],
  sparse3: [[1, ,], [1]],
  len: [[1, undefined], [1]],
  args: [
    (function () {
      return arguments;
    })(1),
    [1],
  ],
  args2: [
    (function () {
      return arguments;
    })(1),
    (function () {
      return arguments;
    })(1),
  ],
  argsObj: [
    (function () {
      return arguments;
    })(1),
    { 0: 1 },
  ],
  fnSame: [Math.max, Math.max],
  fnDiff: [() => 1, () => 1],
  numObj: [new Number(1), new Number(2)],
  numObj2: [new Number(1), 1],
  strObj: [new String('a'), new String('b')],
  symObj: [Object(Symbol.for('x')), Object(Symbol.for('x'))],
  date: [new Date(1), new Date(1)],
  date2: [new Date(1), new Date(2)],
  dateNum: [new Date(1), 1],
  dateObj: [new Date(1), {}],
  re: [/a/g, /a/g],
  re2: [/a/g, /a/i],
  reLast: [Object.assign(/a/g, { lastIndex: 1 }), /a/g],
  url: [new URL('http://a/'), new URL('http://b/')],
  usp: [new URLSearchParams('a=1'), new URLSearchParams('a=2')],
  usp2: [new URLSearchParams('a=1'), new URLSearchParams('a=1')],
  hdr: [new Headers({ a: '1' }), new Headers({ a: '2' })],
  hdr2: [new Headers({ a: '1' }), new Headers({ a: '1' })],
  fd: [
    new FormData(),
    (() => {
      const f = new FormData();
      f.set('a', '1');
      return f;
    })(),
  ],
  blob: [new Blob(['a']), new Blob(['b'])],
  resp: [new Response('a'), new Response('b')],
  abort: [new AbortController(), new AbortController()],
  evt: [new Event('a'), new Event('b')],
  proxy: [new Proxy({ a: 1 }, {}), { a: 1 }],
  getter: [
    {
      get a() {
        return 1;
      },
    },
    { a: 1 },
  ],
  getterProto: [
    new (class {
      get a() {
        return 1;
      }
    })(),
    { a: 1 },
  ],
  negz: [0, -0],
  negzArr: [[0], [-0]],
  big: [1n, 1],
  big2: [1n, 1n],
  sym: [Symbol.for('a'), Symbol.for('a')],
  nullU: [null, undefined],
  nullUArr: [[null], [undefined]],
  strNum: ['1', 1],
  emptyArrObj: [[], {}],
  arrU8: [[1], new Uint8Array([1])],
  ab: [new ArrayBuffer(1), new ArrayBuffer(1)],
  ab2: [new ArrayBuffer(1), new ArrayBuffer(2)],
  sab: [new SharedArrayBuffer(1), new ArrayBuffer(1)],
  tag: [{ [Symbol.toStringTag]: 'X' }, {}],
  proto: [Object.create({ a: 1 }), {}],
  json: [JSON, Math],
  global: [globalThis, globalThis],
  undefKeys: [
    { a: 1, b: undefined },
    { a: 1, c: undefined },
  ],
  deepUndef: [{ a: { b: undefined } }, { a: {} }],
  keyOrder: [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  dateProps: [Object.assign(new Date(1), { x: 1 }), new Date(1)],
};

function A() {
  return new Error('a') as any;
}

/** toEqual, toStrictEqual and toMatchObject, each in both directions: 1 passes. */
const results: Record<string, string> = {
  arrpropS: '111100',
  arrpropBoth: '111100',
  errName: '000010',
  errSub: '111111',
  errStack: '111111',
  errNonEnum: '111111',
  errObj: '000011',
  errCauseSame: '111111',
  agg: '111111',
  aggSame: '111111',
  errUndefProp: '110010',
  domex: '111111',
  domex2: '111100',
  nullp: '111111',
  objVsCls: '110011',
  cls2: '111111',
  cls3: '110011',
  u8i8: '000011',
  bufu8: '111110',
  dv: '111111',
  f32nan: '001111',
  f64negz: '110000',
  gen: '111111',
  arrIter: '111111',
  customIter: '000011',
  clsIter: '111111',
  setOrder: '111111',
  setArr: '000001',
  mapObjKey: '111111',
  mapUndef: '000011',
  mapUndef2: '000011',
  mapProps: '111110',
  wm: '111111',
  prom: '111111',
  symEnum: '000000',
  symUndef: '110010',
  nonEnum: '111111',
  sparse1: '110000',
  sparse2: '110000',
  sparse3: '110000',
  len: '110000',
  args: '000001',
  args2: '111111',
  argsObj: '110011',
  fnSame: '111111',
  fnDiff: '000011',
  numObj: '000011',
  numObj2: '000000',
  strObj: '000000',
  symObj: '111111',
  date: '111111',
  date2: '000011',
  dateNum: '000000',
  dateObj: '000011',
  re: '111111',
  re2: '000011',
  reLast: '111111',
  url: '000000',
  usp: '000011',
  usp2: '111111',
  hdr: '000011',
  hdr2: '111111',
  fd: '111111',
  blob: '111111',
  resp: '111111',
  abort: '111111',
  evt: '000000',
  proxy: '110011',
  getter: '111111',
  getterProto: '000011',
  negz: '000000',
  negzArr: '000000',
  big: '000000',
  big2: '111100',
  sym: '111100',
  nullU: '000000',
  nullUArr: '000000',
  strNum: '000000',
  emptyArrObj: '000010',
  arrU8: '000010',
  ab: '111111',
  ab2: '000011',
  sab: '000011',
  tag: '000010',
  proto: '111110',
  json: '110011',
  global: '111111',
  undefKeys: '110000',
  deepUndef: '110010',
  keyOrder: '111111',
  dateProps: '111110',
};

test.each(Object.keys(pairs))('%s', (name) => {
  const [a, b] = pairs[name];
  let seen = '';
  for (const matcher of ['toEqual', 'toStrictEqual', 'toMatchObject'] as const) {
    for (const [received, expected] of [
      [a, b],
      [b, a],
    ]) {
      try {
        expect(received)[matcher](expected);
        seen += 1;
      } catch {
        seen += 0;
      }
    }
  }
  expect(seen).toBe(results[name]);
});
