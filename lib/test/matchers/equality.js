'use strict';

/** Matchers of identity and equality. */

const { format } = require('../format');
const { pretty } = require('../pretty');
const { diffLines, prettyDifference } = require('../difference');
const { deepEqual, strictlyEqual, matchesSubset } = require('../equality');

/** @param {unknown} expected @param {unknown} received */
function identityDifference(expected, received) {
  const multiline = [expected, received].some((value) => typeof value === 'string' && value.includes('\n'));
  if (multiline) return `${diffLines(pretty(expected), pretty(received))}\n`;
  const [e, r] = [format(expected), format(received)];
  return `Expected: ${e}\nReceived: ${e === r && typeof expected === 'object' ? 'serializes to the same string' : r}\n`;
}

/** @param {unknown} value */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** @type {import('../expectation').Matchers} */
module.exports = {
  toBe: {
    shown: 'expected',
    needs: [1, 'takes 1 argument'],
    test: ({ received }, [expected]) => Object.is(received, expected),
    say: ({ received, not }, [expected]) =>
      not ? `Expected: not ${format(expected)}\n` : identityDifference(expected, received),
  },
  toEqual: {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    test: ({ received }, [expected]) => deepEqual(received, expected),
    say: ({ received, not }, [expected]) =>
      not ? `Expected: not ${pretty(expected)}\n` : prettyDifference(expected, received),
  },
  toStrictEqual: {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    test: ({ received }, [expected]) => strictlyEqual(received, expected),
    say: ({ received, not }, [expected]) =>
      not ? `Expected: not ${pretty(expected)}\n` : prettyDifference(expected, received),
  },
  toMatchObject: {
    shown: 'expected',
    check({ received, not }, [expected]) {
      const hint = `expect(received)${not ? '.not' : ''}.toMatchObject`;
      if (!isObject(received))
        throw new Error(`${hint}(expected)\n\nMatcher error: received value must be a non-null object\n`);
      if (!isObject(expected))
        throw new Error(`${hint}()\n\nMatcher error: expected value must be a non-null object\n`);
    },
    test: ({ received }, [expected]) => matchesSubset(received, expected),
    say: ({ received, not }, [expected]) =>
      not ? `Expected: not ${pretty(expected)}\n` : prettyDifference(expected, received),
  },
  toBeOneOf: {
    shown: 'expected',
    needs: [1, 'takes 1 argument'],
    check(_, [list]) {
      if (typeof list !== 'string' && typeof (/** @type {any} */ (list)?.[Symbol.iterator]) !== 'function')
        throw new TypeError('Expected value must be an iterable');
    },
    test: ({ received }, [list]) =>
      [.../** @type {Iterable<unknown>} */ (list)].some((item) => deepEqual(received, item)),
    say: ({ received, not }, [list]) =>
      `Expected to ${not ? 'not ' : ''}be one of: ${format(list)}\nReceived: ${format(received)}\n`,
  },
};
