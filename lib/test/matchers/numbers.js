'use strict';

/** Matchers that compare numbers. */

const { format } = require('../format');

/** @param {unknown} value */
const comparable = (value) => typeof value === 'number' || typeof value === 'bigint';

/**
 * @param {string} sign
 * @param {(a: any, b: any) => boolean} compare
 * @returns {import('../expectation').Matcher}
 */
function comparison(sign, compare) {
  return {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    check({ received }, [expected]) {
      if (!comparable(received) || !comparable(expected))
        throw new Error('Expected and actual values must be numbers or bigints');
    },
    test: ({ received }, [expected]) => compare(received, expected),
    say: ({ received, not }, [expected]) =>
      `Expected: ${not ? 'not ' : ''}${sign} ${format(expected)}\nReceived: ${format(received)}\n`,
  };
}

/** @type {import('../expectation').Matchers} */
module.exports = {
  toBeGreaterThan: comparison('>', (a, b) => a > b),
  toBeGreaterThanOrEqual: comparison('>=', (a, b) => a >= b),
  toBeLessThan: comparison('<', (a, b) => a < b),
  toBeLessThanOrEqual: comparison('<=', (a, b) => a <= b),
  toBeCloseTo: {
    shown: 'expected, precision',
    needs: [1, 'requires at least 1 argument. Expected value must be a number'],
    check({ received }, [expected, digits]) {
      if (typeof expected !== 'number') throw new TypeError("Expected expected to be a number for 'expect'.");
      if (typeof received !== 'number') throw new TypeError("Expected received to be a number for 'expect'.");
      if (digits !== undefined && typeof digits !== 'number')
        throw new TypeError("Expected precision to be a number for 'expect'.");
    },
    test: ({ received }, [expected, digits = 2]) =>
      received === expected || Math.abs(expected - received) < 10 ** -digits / 2,
    say: ({ received }, [expected, digits = 2]) =>
      `Expected: ${expected}\nReceived: ${received}\n\nExpected precision: ${digits}\nExpected difference: < ${10 ** -digits / 2}\nReceived difference: ${Math.abs(expected - received)}\n`,
  },
  toBeWithin: {
    shown: 'start, end',
    needs: [2, 'requires 2 arguments'],
    check(_, [start, end]) {
      if (typeof start !== 'number') throw new Error('toBeWithin() requires the first argument to be a number');
      if (typeof end !== 'number') throw new Error('toBeWithin() requires the second argument to be a number');
    },
    test: ({ received }, [start, end]) => typeof received === 'number' && received >= start && received < end,
    say: ({ received, not }, [start, end]) =>
      `Expected: ${not ? 'not ' : ''}between ${format(start)} (inclusive) and ${format(end)} (exclusive)\nReceived: ${format(received)}\n`,
  },
};
