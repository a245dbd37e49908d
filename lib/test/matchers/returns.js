'use strict';

/** Matchers of what a mock function returned. */

const { format } = require('../format');
const { deepEqual } = require('../equality');
const { mustBeAlone, mustBeMock } = require('./must-be-mock');

/** @typedef {{ type: string, value: unknown }} Result */

/** @param {any} mock @returns {Result[]} */
const results = (mock) => mock.mock.results;

/** @param {any} mock */
const returned = (mock) => results(mock).filter(({ type }) => type === 'return');

/** @param {Result | undefined} result @param {unknown} expected */
const returnedThis = (result, expected) => result?.type === 'return' && deepEqual(result.value, expected);

/** @type {import('../expectation').Matchers} */
module.exports = {
  toHaveReturned: {
    shown: 'expected',
    check(call, args) {
      mustBeAlone('toHaveReturned', args);
      mustBeMock(call);
    },
    test: ({ received }) => returned(received).length > 0,
    say: ({ received, not }) =>
      not
        ? `Expected number of succesful returns: < 1\nReceived number of succesful returns:   ${returned(received).length}\nReceived number of calls:               ${results(received).length}\n`
        : `Expected number of succesful returns: >= 1\nReceived number of succesful returns:    ${returned(received).length}\nReceived number of calls:                ${results(received).length}\n`,
  },
  toHaveReturnedTimes: {
    shown: 'expected',
    check(call, [times]) {
      mustBeMock(call);
      if (!Number.isInteger(times) || times < 0)
        throw new TypeError('toHaveReturnedTimes() requires 1 non-negative integer argument');
    },
    test: ({ received }, [times]) => returned(received).length === times,
    say: ({ received, not }, [times]) =>
      `Expected number of succesful returns: ${not ? '!=' : '=='} ${times}\nReceived number of succesful returns:    ${returned(received).length}\nReceived number of calls:                ${results(received).length}\n`,
  },
  toHaveReturnedWith: {
    shown: 'expected',
    check: mustBeMock,
    test: ({ received }, [expected]) => results(received).some((result) => returnedThis(result, expected)),
    say({ received, not }, [expected]) {
      if (not) return `Expected mock function not to have returned: ${format(expected)}\n`;
      const all = results(received);
      const good = returned(received);
      if (all.some(({ type }) => type === 'throw')) {
        const lines = all
          .map(
            ({ type, value }, i) =>
              `            ${i + 1}: ${type === 'throw' ? `function call threw an error: ${format(value)}` : format(value)}\n`,
          )
          .join('');
        return `Some calls errored:\n\n    Expected: ${format(expected)}\n    Received:\n${lines}\n    Number of returns: ${good.length}\n    Number of calls:   ${all.length}\n`;
      }
      const lines = good.map(({ value }, i) => `${String(i + 1).padStart(15)}: ${format(value)}\n`).join('');
      if (good.length === 1) return `Expected: ${format(expected)}\nReceived: ${format(good[0].value)}\n`;
      return `    Expected: ${format(expected)}\n    Received:\n${lines}\n    Number of returns: ${good.length}\n`;
    },
  },
  toHaveLastReturnedWith: {
    heading: 'toHaveBeenLastReturnedWith',
    shown: 'expected',
    check: mustBeMock,
    test: ({ received }, [expected]) => returnedThis(results(received).at(-1), expected),
    say({ received, not }, [expected]) {
      if (not) return `Expected mock function not to have last returned: ${format(expected)}\nBut it did.\n`;
      const last = results(received).at(-1);
      if (!last) return 'The mock function was not called.';
      if (last.type === 'throw') return `The last call threw an error: ${format(last.value)}\n`;
      return `Expected: ${format(expected)}\nReceived: ${format(last.value)}\n`;
    },
  },
  toHaveNthReturnedWith: {
    shown: 'n, expected',
    check(call, [n]) {
      mustBeMock(call);
      if (!Number.isInteger(n) || n < 1)
        throw new TypeError('toHaveNthReturnedWith() first argument must be a positive integer');
    },
    test: ({ received }, [n, expected]) => returnedThis(results(received)[n - 1], expected),
    say({ received, not }, [n, expected]) {
      if (not) return `Expected mock function not to have returned on call ${n}: ${format(expected)}\nBut it did.\n`;
      const all = results(received);
      const nth = all[n - 1];
      if (!nth)
        return `The mock function was called ${all.length} time${all.length === 1 ? '' : 's'}, but call ${n} was requested.\n`;
      if (nth.type === 'throw') return `Call ${n} threw an error: ${format(nth.value)}\n`;
      return `Call ${n}:\nExpected: ${format(expected)}\nReceived: ${format(nth.value)}\n`;
    },
  },
};
