import { describe, expect, test } from 'bun:test';

const passes = (check: () => void) => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};
const symbol = Symbol('s');
const array = (key: PropertyKey, value: unknown) => Object.assign([1] as any, { [key]: value });

describe('equality', () => {
  test('properties of arrays count if a symbol names them', () => {
    expect(array(symbol, 1)).not.toEqual(array(symbol, 2));
    expect(array(symbol, 1)).not.toEqual([1]);
    expect([1]).toEqual(array(symbol, 1));
    expect(array('k', 1)).toEqual(array('k', 2));
  });

  test('what accessors of arrays give does not count', () => {
    const one = [1];
    const two = [1];
    Object.defineProperty(one, 3, { get: () => 1 });
    Object.defineProperty(two, 3, { get: () => 2 });
    expect(one).toEqual(two);
  });

  test('a circle on one side only is a difference', () => {
    const a: any = {};
    a.self = a;
    expect(a).not.toEqual({ self: { self: a } });
    expect({ self: { self: a } }).not.toEqual(a);
    const b: any = {};
    b.self = b;
    expect(a).toEqual(b);
  });

  test('properties of String objects do not count unless strict', () => {
    expect(Object.assign(new String('a'), { k: 1 })).toEqual(new String('a'));
    expect(Object.assign(new String('a'), { k: 1 })).not.toStrictEqual(new String('a'));
    expect(Object.assign(new Number(1), { k: 1 })).not.toEqual(new Number(1));
  });
});

describe('keys and values', () => {
  test('what is no object has none', () => {
    for (const value of [null, undefined, 5, 'text', true]) {
      expect(value).not.toContainKeys(['a']);
      expect(value).not.toContainAnyKeys(['a']);
      expect(value).not.toContainAnyValues(['a']);
      expect(value).toContainKeys([]);
      expect(() => expect(value).toContainKey('a')).toThrow('Expected value must be an object');
    }
    expect(() => expect({}).toContainKeys('a' as any)).toThrow("Expected expected to be a array for 'toContainKeys'.");
  });

  test('paths of brackets alone lead nowhere', () => {
    for (const path of ['.', ']', '[', '[]', '[[']) expect({ a: 1, '': 2 }).not.toHaveProperty(path);
    expect({ a: 1 }).toHaveProperty('a[]');
    expect([5]).toHaveProperty('[0]', 5);
  });
});

test('lengths', () => {
  const form = new FormData();
  form.append('a', 'b');
  expect(new Headers({ a: '1' })).toHaveLength(1);
  expect(form).toHaveLength(1);
  expect(new URLSearchParams('a=1&b=2')).toHaveLength(2);
  expect(new Blob(['ab'])).toHaveLength(2);
  expect(new ArrayBuffer(3)).toHaveLength(3);
  for (const value of [{ size: 4 }, new DataView(new ArrayBuffer(2)), null, 5])
    expect(() => expect(value).toHaveLength(4)).toThrow('does not have a length');
});

test('toHaveLength of what says its length in text, of none, of no file', () => {
  expect({ length: '3' } as any).toHaveLength(3);
  expect(() => expect({ length: Number.NaN }).toHaveLength(0)).toThrow('non-number length property: NaN');
  expect(() => expect(Bun.file('/no/such/file')).toHaveLength(0)).toThrow();
});

test('toHaveProperty: brackets part names, however many', () => {
  for (const path of ['[0]', '[[0]]', '[][[[0]', '[0', '0]', '[][[[]][[][][.0']) expect([1]).toHaveProperty(path, 1);
  for (const path of ['[]', '[', '', '.0', '..0']) expect([1]).not.toHaveProperty(path);
});

test('toIncludeRepeated: not -0 times', () => {
  expect(() => expect('').toIncludeRepeated('a', -0)).toThrow('requires the second argument to be a number');
  expect('').toIncludeRepeated('a', 0);
});

test('toMatchObject of functions', () => {
  const work: any = () => {};
  expect(work).toMatchObject({});
  expect([1]).toMatchObject(work);
  expect(Object.assign(() => {}, { a: 1 })).toMatchObject({ a: 1 });
  expect(work).not.toMatchObject({ a: 1 });
});

test('toContainEqual of text looks for one character', () => {
  expect('hello').toContainEqual('h');
  for (const part of ['hello', 'll', '']) expect('hello').not.toContainEqual(part);
  expect(() => expect('hello').toContainEqual(5 as any)).toThrow();
});

test('toBeEmptyObject', () => {
  expect(() => 1).toBeEmptyObject();
  for (const value of [new Date(), /a/, new WeakMap(), new Map(), null]) expect(value).not.toBeEmptyObject();
});

test('closeTo', () => {
  for (const precision of ['a', null])
    expect(() => expect.closeTo(1, precision as any)).toThrow('Precision must be a number or undefined');
  expect(passes(() => expect('a').toEqual(expect.not.closeTo(1)))).toBe(false);
  expect(2).toEqual(expect.not.closeTo(1));
});

test('blobs are equal whatever they hold', () => {
  expect(new Blob(['a'])).toEqual(new Blob(['bb'], { type: 'a/b' }));
  expect(new File(['a'], 'x')).toStrictEqual(new Blob(['b']) as any);
  expect(Object.assign(new Blob(['a']), { z: 1 })).not.toEqual(new Blob(['a']) as any);
});

describe('expect.extend', () => {
  const given: any = expect;
  const failure = (result: unknown) => {
    given.extend({ _edge: () => result });
    try {
      given(1)._edge();
      return 'none';
    } catch (error: any) {
      return error.name === 'Error' ? error.message.split('\n').at(-1) : error.name;
    }
  };

  test('what a matcher may give', () => {
    for (const result of [{ pass: true }, { pass: 1, message: 'a' }, { pass: 'x' }])
      expect(failure(result)).toBe('none');
    for (const result of [null, 5, {}, { message: 'm' }, undefined, 's'])
      expect(failure(result)).toBe('InvalidMatcherError');
    for (const message of [5, null, {}, Symbol('x'), { toString: () => 'a' }])
      expect(failure({ pass: false, message })).toBe('InvalidMatcherError');
    expect(failure({ pass: false })).toBe('No message was specified for this matcher.');
    expect(failure({ pass: false, message: () => 5 })).toBe('5');
  });

  test('what is no matcher; the colours', () => {
    for (const [value, kind] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [[], 'object'],
      [1n, 'bigint'],
    ])
      expect(() => given.extend({ _edge: value })).toThrow(`Must be a function, is "${kind}"`);
    let utils: any;
    given.extend({
      _edge(this: any) {
        ({ utils } = this);
        return { pass: true };
      },
    });
    given(1)._edge();
    expect([utils.EXPECTED_COLOR('a'), utils.RECEIVED_COLOR('a')]).toEqual(['"a"', '"a"']);
  });
});

test('toHaveProperty: dots and brackets part names, and only nothing at all between two dots is one', () => {
  for (const path of [
    '0.[',
    '].0',
    '[].0',
    '[.0',
    '[.][.[[.]]]]].[.[].].]]]]].].].0',
    '[.][.[[.]]]]].[.[].].]]0]]].].]',
  ])
    expect([1]).toHaveProperty(path, 1);
  for (const path of ['[0].', '.0', '[]..0', '0..[', '0........[', '[.][.[[..]]]]].[.[].].]]0]]].].]'])
    expect([1]).not.toHaveProperty(path, 1);
  expect({ '': { '': { '': 1 } } }).toHaveProperty('..', 1);
});

test('toContainEqual: text contains its characters, and no other kind of value', () => {
  expect('x').not.toContainEqual(new String('x'));
  expect(() => expect('x').not.toContainEqual(5)).toThrow('both received and expected values must be strings');
  expect(new String('xy')).toContainEqual('y');
  expect(() => expect(5).toContainEqual(5)).toThrow('Received value must be an array type');
});

test('toMatchObject: arrays have the same properties, symbols too', () => {
  expect(passes(() => expect(array(symbol, 9)).toMatchObject([1]))).toBe(false);
  expect(passes(() => expect([1]).toMatchObject(array(symbol, 9)))).toBe(false);
  expect(passes(() => expect({ a: array(symbol, undefined) }).toMatchObject({ a: [1] }))).toBe(false);
  expect({ a: 1, [symbol]: 1 }).toMatchObject({ a: 1 });
});

test('.resolves and .rejects of a settled promise are decided at once', () => {
  expect(expect(Promise.resolve(1)).resolves.toBe(1) as any).toBeUndefined();
  expect(expect(Promise.reject('e')).rejects.toBe('e') as any).toBeUndefined();
  expect(() => expect(Promise.resolve(1)).resolves.toBe(2)).toThrow('Expected: 2');
  expect(() => expect(Promise.resolve(1)).rejects.toBe(1)).toThrow('Received promise that resolved');
});
