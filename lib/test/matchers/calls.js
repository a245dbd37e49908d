'use strict';

/** Matchers of the calls of a mock function. */

const { format } = require('../format');
const { deepEqual } = require('../equality');
const { prettyDifference } = require('../difference');
const { mustBeAlone, mustBeMock, mustBeMockFor } = require('./must-be-mock');

/** @param {any} mock @returns {unknown[][]} */
const calls = (mock) => mock.mock.calls;

/** Their number counts, too. @param {unknown[] | undefined} args @param {unknown[]} expected */
const sameCall = (args, expected) => args?.length === expected.length && deepEqual(args, expected);

/** @type {import('../expectation').Matchers} */
module.exports = {
  toHaveBeenCalled: {
    check(call, args) {
      mustBeAlone('toHaveBeenCalled', args);
      mustBeMock(call);
    },
    test: ({ received }) => calls(received).length > 0,
    say: ({ received, not }) =>
      `Expected number of calls: ${not ? '0' : '>= 1'}\nReceived number of calls: ${calls(received).length}\n`,
  },
  toHaveBeenCalledOnce: {
    shown: 'expected',
    check: mustBeMock,
    test: ({ received }) => calls(received).length === 1,
    say: ({ received, not }) =>
      `Expected number of calls: ${not ? 'not ' : ''}1\nReceived number of calls: ${calls(received).length}\n`,
  },
  toHaveBeenCalledTimes: {
    shown: 'expected',
    check(call, [times]) {
      mustBeMock(call);
      if (!Number.isInteger(times) || times < 0)
        throw new TypeError('toHaveBeenCalledTimes() requires 1 non-negative integer argument');
    },
    test: ({ received }, [times]) => calls(received).length === times,
    say: ({ received, not }, [times]) =>
      `Expected number of calls: ${not ? 'not ' : ''}${times}\nReceived number of calls: ${calls(received).length}\n`,
  },
  toHaveBeenCalledWith: {
    shown: '...expected',
    check: (call) => mustBeMockFor(call, '...expected'),
    test: ({ received }, expected) => calls(received).some((args) => sameCall(args, expected)),
    say({ received, not }, expected) {
      if (not) return `Expected mock function not to have been called with: ${format(expected)}\nBut it was.`;
      const all = calls(received);
      if (all.length === 0) return `Expected: ${format(expected)}\nBut it was not called.`;
      if (all.length === 1) return prettyDifference(expected, all[0]);
      const shown = all
        .slice(0, 20)
        .map((args, i) => `${String(i + 1).padStart(15)}: ${format(args)}\n`)
        .join('');
      return `    Expected: ${format(expected)}\n    Received:\n${shown}\n    Number of calls: ${all.length}\n`;
    },
  },
  toHaveBeenLastCalledWith: {
    shown: '...expected',
    check: (call) => mustBeMockFor(call, '...expected'),
    test: ({ received }, expected) => calls(received).length > 0 && sameCall(calls(received).at(-1), expected),
    say({ received, not }, expected) {
      if (not) return `Expected last call not to be with: ${format(expected)}\nBut it was.`;
      const last = calls(received).at(-1);
      return last ? prettyDifference(expected, last) : `Expected: ${format(expected)}\nBut it was not called.`;
    },
  },
  toHaveBeenNthCalledWith: {
    shown: 'n, ...expected',
    check(call, [n]) {
      mustBeMockFor(call, 'n, ...expected');
      if (!Number.isInteger(n) || n < 1)
        throw new TypeError('toHaveBeenNthCalledWith() first argument must be a positive integer');
    },
    test: ({ received }, [n, ...expected]) => calls(received).length >= n && sameCall(calls(received)[n - 1], expected),
    say({ received, not }, [n, ...expected]) {
      if (not) return `Expected call #${n} not to be with: ${format(expected)}\nBut it was.`;
      const all = calls(received);
      if (all.length < n)
        return `The mock function was called ${all.length} time${all.length === 1 ? '' : 's'}, but call ${n} was requested.`;
      return `Call #${n}:\n${prettyDifference(expected, all[n - 1])}`;
    },
  },
};
