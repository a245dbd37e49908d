'use strict';

/** Matchers of arrays, iterables and lengths. */

const { types } = require('node:util');
const { format } = require('../format');
const { deepEqual } = require('../equality');

/** @param {unknown} value */
const iterable = (value) => typeof (/** @type {any} */ (value)?.[Symbol.iterator]) === 'function';

/** @type {import('../expectation').Matchers} */
module.exports = {
  toContain: {
    shown: 'expected',
    needs: [1, 'takes 1 argument'],
    check({ received }, [expected]) {
      const sane = typeof received === 'string' ? typeof expected === 'string' : iterable(received);
      if (!sane)
        throw new Error('Received value must be an array type, or both received and expected values must be strings.');
    },
    test: ({ received }, [expected]) =>
      typeof received === 'string' ? received.includes(expected) : [...received].some((item) => item === expected),
    say: ({ received, not }, [expected]) =>
      `Expected to ${not ? 'not ' : ''}contain: ${format(expected)}\nReceived: ${format(received)}\n`,
  },
  toContainEqual: {
    shown: 'expected',
    needs: [1, 'takes 1 argument'],
    check({ received }, [expected]) {
      const isText = typeof expected === 'string' || types.isStringObject(expected);
      if (!(typeof received === 'string' ? isText : iterable(received)))
        throw new Error('Received value must be an array type, or both received and expected values must be strings.');
    },
    test: ({ received }, [expected]) =>
      typeof received === 'string'
        ? [...received].includes(expected)
        : [...received].some((item) => deepEqual(item, expected)),
    say: ({ received, not }, [expected]) =>
      not
        ? `Expected to not contain: ${format(expected)}\n`
        : `Expected to contain: ${format(expected)}\nReceived: ${format(received)}\n`,
  },
  toBeArrayOfSize: {
    needs: [1, 'requires 1 argument'],
    check(_, [size]) {
      if (!Number.isInteger(size)) throw new TypeError('toBeArrayOfSize() requires the first argument to be a number');
    },
    test: ({ received }, [size]) => Array.isArray(received) && received.length === size,
    say: ({ received }) => `Received: ${format(received)}\n`,
  },
  toHaveLength: {
    shown: 'expected',
    needs: [1, 'takes 1 argument'],
    check({ received }, [length]) {
      if (!Number.isInteger(length) || length < 0)
        throw new Error(`Expected value must be a non-negative integer: ${format(length)}`);
      const has =
        received !== null &&
        received !== undefined &&
        (typeof received === 'string' ||
          ((typeof received === 'object' || typeof received === 'function') && lengthOf(received) !== undefined));
      if (!has) throw new Error(`Received value does not have a length property: ${format(received)}`);
      if (Number.isNaN(Number(lengthOf(received))))
        throw new Error(`Received value has non-number length property: ${Number(lengthOf(received))}`);
    },
    test: ({ received }, [length]) => Number(lengthOf(received)) === length,
    say: ({ received, not }, [length]) =>
      not ? `Expected length: not ${length}\n` : `Expected length: ${length}\nReceived length: ${lengthOf(received)}\n`,
  },
};

/** @param {any} value */
function isMissingFile(value) {
  const path = value instanceof Blob ? require('../../bun/bun-file').sourceOf(value)?.path : undefined;
  return path !== undefined && !require('node:fs').existsSync(path);
}

/** @param {any} value @returns {unknown} */
function lengthOf(value) {
  if (value.length !== undefined) return value.length;
  if (types.isMap(value) || types.isSet(value)) return value.size;
  if (types.isAnyArrayBuffer(value)) return value.byteLength;
  if (isMissingFile(value)) return Number.MAX_VALUE; // as in Bun: none that a test could expect
  if (value instanceof Blob || value instanceof URLSearchParams) return value.size;
  if (value instanceof Headers || value instanceof FormData) return [...value.keys()].length;
  return undefined;
}
