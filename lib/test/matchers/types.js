'use strict';

/** Matchers of one value without an expected one, and of types. */

const { types } = require('node:util');
const { codeError } = require('../../internal/errors');
const { format } = require('../format');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @param {(received: any) => boolean} test
 * @returns {import('../expectation').Matcher}
 */
const unary = (test) => ({
  test: ({ received }) => test(received),
  say: ({ received }) => `Received: ${format(received)}\n`,
});

const typeNames = ['function', 'object', 'bigint', 'boolean', 'number', 'string', 'symbol', 'undefined'];

/** @param {any} value */
function isEmpty(value) {
  if (typeof value === 'string') return value.length === 0;
  if (typeof value !== 'object' || value === null) return Object.keys(Object(value)).length === 0;
  if (typeof value.length === 'number') return value.length === 0;
  if (typeof value.size === 'number') return value.size === 0;
  if (typeof value[Symbol.iterator] === 'function') return value[Symbol.iterator]().next().done === true;
  return Object.keys(value).length === 0;
}

/** @type {import('../expectation').Matchers} */
module.exports = {
  toBeNull: unary((value) => value === null),
  toBeUndefined: unary((value) => value === undefined),
  toBeDefined: unary((value) => value !== undefined),
  toBeNaN: unary((value) => Number.isNaN(value)),
  toBeTruthy: unary(Boolean),
  toBeFalsy: unary((value) => !value),
  toBeTrue: unary((value) => value === true),
  toBeFalse: unary((value) => value === false),
  toBeNil: unary((value) => value === null || value === undefined),
  toBeArray: unary(Array.isArray),
  toBeBoolean: unary((value) => typeof value === 'boolean'),
  toBeNumber: unary((value) => typeof value === 'number'),
  toBeInteger: unary(Number.isInteger),
  toBeFinite: unary(Number.isFinite),
  toBePositive: unary((value) => typeof value === 'number' && value > 0 && Number.isFinite(value)),
  toBeNegative: unary((value) => typeof value === 'number' && value < 0 && Number.isFinite(value)),
  toBeSymbol: unary((value) => typeof value === 'symbol'),
  toBeFunction: unary((value) => typeof value === 'function'),
  toBeDate: unary(types.isDate),
  toBeValidDate: unary((value) => types.isDate(value) && !Number.isNaN(value.getTime())),
  toBeString: unary((value) => typeof value === 'string' || types.isStringObject(value)),
  toBeOdd: unary((value) =>
    typeof value === 'bigint' ? value % 2n !== 0n : Number.isInteger(value) && value % 2 !== 0,
  ),
  toBeEven: unary((value) =>
    typeof value === 'bigint' ? value % 2n === 0n : Number.isInteger(value) && value % 2 === 0,
  ),
  toBeEmptyObject: unary(
    (value) =>
      ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      !types.isMap(value) &&
      !types.isSet(value) &&
      !types.isDate(value) &&
      !types.isRegExp(value) &&
      !types.isWeakMap(value) &&
      !types.isWeakSet(value) &&
      Object.keys(value).length === 0,
  ),
  toBeObject: {
    test: ({ received }) => (typeof received === 'object' && received !== null) || typeof received === 'function',
    say: ({ received, not }) => `Expected value ${not ? 'not ' : ''}to be an object\n\nReceived: ${format(received)}\n`,
  },
  toBeEmpty: {
    test: ({ received }) => isEmpty(received),
    say: ({ received, not }) =>
      `Expected value ${not ? 'not to be a string, object, or iterable' : 'to be empty'}\n\nReceived: ${format(received)}\n`,
  },
  toBeTypeOf: {
    needs: [1, 'requires 1 argument'],
    check(_, [type]) {
      if (!typeNames.includes(type))
        throw new TypeError(
          `toBeTypeOf() requires a valid type string argument (${typeNames.map((name) => `'${name}'`).join(', ')})`,
        );
    },
    test: ({ received }, [type]) => typeof received === type,
    say: ({ received, not }, [type]) =>
      `Expected type: ${not ? 'not ' : ''}"${type}"\nReceived type: "${typeof received}"\nReceived value: ${format(received)}\n`,
  },
  toBeInstanceOf: {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    check(_, [constructor]) {
      if (typeof constructor !== 'function')
        throw new Error(`Expected value must be a function: ${format(constructor)}`);
    },
    test: ({ received }, [constructor]) => received instanceof constructor,
    say: ({ received, not }, [constructor]) =>
      `Expected constructor: ${not ? 'not ' : ''}${constructorLabel(constructor)}\nReceived value: ${format(received)}\n`,
  },
  toSatisfy: {
    shown: 'expected',
    needs: [1, 'requires 1 argument'],
    check(_, [predicate]) {
      if (typeof predicate !== 'function') throw new Error('toSatisfy() argument must be a function');
    },
    test: ({ received }, [predicate]) => predicate(received) === true,
    say: ({ received, not }, [predicate]) =>
      not ? `Expected: not ${format(predicate)}\n` : `Expected: ${format(predicate)}\nReceived: ${format(received)}\n`,
  },
  pass: {
    check: (_, args) => mustBeMessage('pass', args),
    test: () => true,
    say: (_, [message]) => `${message ?? 'passes by .pass() assertion'}\n`,
  },
  fail: {
    heading: 'not.fail',
    check: (_, args) => mustBeMessage('fail', args),
    test: () => false,
    say: (_, [message]) => `${message ?? 'fails by .fail() assertion'}\n`,
  },
};

/** @param {string} name @param {unknown[]} args */
function mustBeMessage(name, [message]) {
  if (message !== undefined && typeof message !== 'string')
    throw ERR_INVALID_ARG_TYPE(`Expected message to be a string for '${name}'.`);
}

/** @param {Function} constructor */
const constructorLabel = (constructor) => `[class ${constructor.name || '(anonymous)'}]`;
