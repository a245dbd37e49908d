import { afterAll, afterEach, beforeAll, describe, expect, mock, onTestFinished, test } from 'bun:test';

const log: string[] = [];

describe('hooks inside of a test', () => {
  afterEach(() => void log.push('afterEach'));

  test('afterAll and afterEach are for this test, the last one first', () => {
    afterAll(() => void log.push('inner 1'));
    afterEach(() => void log.push('inner 2'));
    onTestFinished(() => void log.push('finished'));
    log.push('test');
  });

  test('they run before the hooks of the scope', () => {
    expect(log).toEqual(['test', 'inner 2', 'inner 1', 'afterEach', 'finished']);
    expect(() => beforeAll(() => {})).toThrow('Cannot call beforeAll() inside a test.');
    expect(() => describe('x', () => {})).toThrow('Cannot call describe() inside a test.');
  });
});

describe('arguments of matchers and mocks', () => {
  test('matchers of calls', () => {
    const called = mock();
    called('foo', undefined);
    expect(() => (expect(called) as any).toHaveBeenCalled(1)).toThrow('toHaveBeenCalled() must not have an argument');
    expect(() => (expect(called).not as any).toHaveReturned(1)).toThrow('toHaveReturned() must not have an argument');
    expect(called).toHaveBeenCalledWith('foo', undefined);
    expect(called).not.toHaveBeenCalledWith('foo');
    expect(called).not.toHaveBeenLastCalledWith('foo');
    expect(called).not.toHaveBeenNthCalledWith(1, 'foo', undefined, expect.anything());
  });

  test('pass, fail, toIncludeRepeated', () => {
    for (const name of ['pass', 'fail'])
      expect(() => (expect(1) as any)[name](5)).toThrow(`Expected message to be a string for '${name}'.`);
    expect(() => expect('abc').not.toIncludeRepeated('a', 1.5)).toThrow('requires the second argument to be a number');
    expect(() => (expect(5) as any).toIncludeRepeated('', 1)).toThrow('requires the expect(value) to be a string');
  });

  test('methods of mocks called on something else', () => {
    const { mockClear } = mock() as any;
    expect(() => mockClear.call({})).toThrow('Expected this to be instanceof Mock, but received an instance of Object');
    expect(() => mockClear.call(undefined)).toThrow('Expected this to be instanceof Mock');
  });
});
