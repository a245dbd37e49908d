'use strict';

/**
 * Matchers of `expect.extend`.
 *
 * @see https://jestjs.io/docs/expect#expectextendmatchers
 */

const { deepEqual } = require('./equality');
const { format } = require('./format');
const { followUp } = require('./pending');

class MatcherUtils {
  stringify(/** @type {unknown} */ value) {
    return format(value);
  }

  printReceived(/** @type {unknown} */ value) {
    return format(value);
  }

  printExpected(/** @type {unknown} */ value) {
    return format(value);
  }

  EXPECTED_COLOR(/** @type {unknown} */ value) {
    return format(value);
  }

  RECEIVED_COLOR(/** @type {unknown} */ value) {
    return format(value);
  }

  /** @param {string} name @param {unknown} [received] @param {unknown} [expected] @param {{ isNot?: boolean, promise?: string }} [options] */
  matcherHint(name, received = 'received', expected = 'expected', options = {}) {
    const { isNot = false, promise = '' } = options ?? {};
    const chain = `${promise ? `.${promise}` : ''}${isNot ? '.not' : ''}`;
    return `expect(received)${chain}.${name}(expected)\n\nExpected: ${format(expected)}\nReceived: ${format(received)}\n`;
  }
}

const utils = new MatcherUtils();

/** What a custom matcher has as `this`. @param {{ not: boolean, promise: string }} facts */
function context({ not, promise }) {
  return Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries({
        isNot: not,
        promise,
        equals: (/** @type {unknown} */ a, /** @type {unknown} */ b) => deepEqual(a, b),
        utils,
        expand: false,
        customTesters: [],
      }).map(([name, value]) => [name, { value, writable: true, configurable: true }]),
    ),
  );
}

/**
 * @param {string} name
 * @param {Function} matcher
 * @param {{ subjectOf: Function, countAssertion: () => void, fail: Function, throughPromise: Function }} machine
 */
function customMatcher(name, matcher, { subjectOf, countAssertion, fail, throughPromise }) {
  return {
    /** @this {object} @param {unknown[]} args */
    [name](...args) {
      const subject = subjectOf(this);
      countAssertion();
      const from = /** @type {any} */ (Object.getPrototypeOf(this))[name];
      const self = context(subject);
      const heading = `expect(received).${name}(${parametersOf(matcher)})`;
      if (subject.promise) return throughPromise(subject, heading, from, run);
      const result = run(subject.received, from);
      return typeof result?.then === 'function' ? result : this;

      /** @param {unknown} received @param {Function | string} at @returns {any} */
      function run(received, at) {
        const result = matcher.call(self, received, ...args);
        if (typeof result?.then !== 'function') return conclude(result, at);
        const holder = { stack: '' };
        if (typeof at === 'function') Error.captureStackTrace(holder, at);
        const stack = typeof at === 'function' ? holder.stack.slice(holder.stack.indexOf('\n') + 1) : at;
        return followUp(result.then((/** @type {unknown} */ settled) => conclude(settled, stack)));
      }

      /** @param {any} result @param {Function | string} at */
      function conclude(result, at) {
        if (!isResult(result)) {
          const error = new Error(
            `Unexpected return from matcher function \`${name}\`.\nMatcher functions should return an object in the following format:\n  {message?: string | function, pass: boolean}\n'${format(result)}' was returned`,
          );
          error.name = 'InvalidMatcherError';
          throw error;
        }
        if (Boolean(result.pass) !== subject.not) return;
        const message = typeof result.message === 'function' ? result.message.call(self) : result.message;
        fail(
          { ...subject, message: undefined },
          heading,
          message === undefined ? 'No message was specified for this matcher.' : String(message),
          at,
        );
      }
    },
  }[name];
}

/** @param {any} result */
function isResult(result) {
  if (typeof result !== 'object' || result === null || result.pass === undefined) return false;
  return ['undefined', 'string', 'function'].includes(typeof result.message);
}

/** The names of the arguments after the received value, as written. @param {Function} matcher */
function parametersOf(matcher) {
  const list = /^[^(]*\(([^)]*)\)/.exec(Function.prototype.toString.call(matcher))?.[1] ?? '';
  return list
    .split(',')
    .slice(1)
    .map((part) => part.trim())
    .filter(Boolean)
    .join(', ');
}

module.exports = { customMatcher, context };
