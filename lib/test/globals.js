'use strict';

const names = /** @type {const} */ ([
  'test',
  'it',
  'describe',
  'expect',
  'expectTypeOf',
  'beforeAll',
  'beforeEach',
  'afterEach',
  'afterAll',
  'jest',
  'vi',
  'xit',
  'xtest',
  'xdescribe',
]);

/** Puts the test APIs on `globalThis`, as `bun test` does for test files. */
function install() {
  const api = /** @type {Record<string, unknown>} */ (require('./index'));
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      value: api[name],
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
}

module.exports = { install };
