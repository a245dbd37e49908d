'use strict';

/** Matchers of strings. */

const { format } = require('../format');

/**
 * @param {string} what
 * @param {string} name
 * @param {(received: string, expected: string) => boolean} test
 * @returns {import('../expectation').Matcher}
 */
function part(what, name, test) {
  return {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    check(_, [expected]) {
      if (typeof expected !== 'string') throw new Error(`${name}() requires the first argument to be a string`);
    },
    test: ({ received }, [expected]) => typeof received === 'string' && test(received, expected),
    say: ({ received, not }, [expected]) =>
      `Expected to ${not ? 'not ' : ''}${what}: ${format(expected)}\nReceived: ${format(received)}\n`,
  };
}

/** @param {string} text @param {string} piece */
const occurrences = (text, piece) => text.split(piece).length - 1;

/** @type {import('../expectation').Matchers} */
module.exports = {
  toInclude: part('include', 'toInclude', (received, expected) => received.includes(expected)),
  toStartWith: part('start with', 'toStartWith', (received, expected) => received.startsWith(expected)),
  toEndWith: part('end with', 'toEndWith', (received, expected) => received.endsWith(expected)),
  toMatch: {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    check({ received }, [expected]) {
      if (typeof expected !== 'string' && !(expected instanceof RegExp))
        throw new Error(`Expected value must be a string or regular expression: ${format(expected)}`);
      if (typeof received !== 'string') throw new Error(`Received value must be a string: ${format(received)}`);
    },
    test: ({ received }, [expected]) =>
      typeof expected === 'string' ? received.includes(expected) : new RegExp(expected).test(received),
    say: ({ received, not }, [expected]) =>
      `Expected substring or pattern: ${not ? 'not ' : ''}${format(expected)}\nReceived: ${format(received)}\n`,
  },
  toEqualIgnoringWhitespace: {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    check(_, [expected]) {
      if (typeof expected !== 'string') throw new Error('toEqualIgnoringWhitespace() requires argument to be a string');
    },
    test: ({ received }, [expected]) =>
      typeof received === 'string' && received.replaceAll(/\s/g, '') === expected.replaceAll(/\s/g, ''),
    say: ({ received, not }, [expected]) =>
      `Expected: ${not ? 'not ' : ''}${format(expected)}\nReceived: ${format(received)}\n`,
  },
  toIncludeRepeated: {
    shown: 'expected',
    needs: [2, 'requires 2 arguments'],
    check({ received }, [expected, times]) {
      if (typeof expected !== 'string')
        throw new Error('toIncludeRepeated() requires the first argument to be a string');
      if (!Number.isInteger(times) || Object.is(times, -0))
        throw new Error('toIncludeRepeated() requires the second argument to be a number');
      if (typeof received !== 'string')
        throw new Error('toIncludeRepeated() requires the expect(value) to be a string');
      if (expected === '') throw new Error('toIncludeRepeated() requires the first argument to be a non-empty string');
    },
    test: ({ received }, [expected, times]) =>
      times <= 0
        ? !received.includes(expected)
        : times === 1
          ? occurrences(received, expected) === 1
          : occurrences(received, expected) === times,
    say({ received, not }, [expected, times]) {
      const shown = `${format(expected)}`;
      if (times <= 0)
        return not
          ? `Expected to include: ${shown} \nReceived: ${format(received)}\n`
          : `Expected to not include: ${shown}\nReceived: ${format(received)}\n`;
      if (times === 1)
        return not
          ? `Expected not to include: ${shown}\nReceived: ${format(received)}\n`
          : `Expected to include: ${shown}\nReceived: ${format(received)}\n`;
      return `Expected ${not ? 'not ' : ''}to include: ${shown} ${times} times \nReceived: ${format(received)}\n`;
    },
  },
};
