'use strict';

/**
 * `expect` and what stands on it.
 *
 * @see https://bun.com/docs/test/writing-tests#matchers
 */

const { factories, ExpectCustomAsymmetricMatcher } = require('./asymmetric');
const { attempt } = require('./attempt');
const { format } = require('./format');
const { Expect, machine } = require('./expectation');

/**
 * @param {unknown} [received]
 * @param {string} [message] shown instead of the heading when the assertion fails
 * @returns {any}
 */
function expect(received, message) {
  return new Expect({
    received,
    not: false,
    promise: '',
    message: typeof message === 'string' && message !== '' ? message : undefined,
  });
}

/** @param {{ not: boolean, promise: '' | 'resolvesTo' | 'rejectsTo' }} flavour @returns {any} */
function asymmetricSide(flavour) {
  const side = /** @type {any} */ (factories(flavour));
  for (const [name, matcher] of custom) side[name] = customAsymmetric(name, matcher, flavour);
  if (!flavour.promise) {
    side.resolvesTo = asymmetricSide({ ...flavour, promise: 'resolvesTo' });
    side.rejectsTo = asymmetricSide({ ...flavour, promise: 'rejectsTo' });
  }
  Object.defineProperty(side, 'not', { get: () => asymmetricSide({ ...flavour, not: !flavour.not }) });
  return side;
}

/** @type {Map<string, Function>} */
const custom = new Map();

/** @param {string} name @param {Function} matcher @param {{ not: boolean, promise: '' | 'resolvesTo' | 'rejectsTo' }} flavour */
function customAsymmetric(name, matcher, flavour) {
  return (/** @type {unknown[]} */ ...args) => {
    const { context } = require('./custom');
    return new ExpectCustomAsymmetricMatcher(
      { name, matcher, args, context: context({ not: flavour.not, promise: '' }) },
      flavour,
    );
  };
}

/** @param {Record<string, Function>} added */
function extend(added) {
  if (typeof added !== 'object' || added === null)
    throw new Error('expect.extend(matchers)\n\nExpected an object containing matchers\n');
  for (const name of namesOf(added)) {
    const matcher = added[name];
    if (typeof matcher !== 'function')
      throw new TypeError(
        `expect.extend: \`${name}\` is not a valid matcher. Must be a function, is "${matcher === null ? 'null' : typeof matcher}"`,
      );
    custom.set(name, matcher);
    const method = require('./custom').customMatcher(name, matcher, machine);
    Object.defineProperty(Expect.prototype, name, {
      value: method,
      writable: true,
      configurable: true,
      enumerable: false,
    });
    Object.assign(expect, { [name]: customAsymmetric(name, matcher, { not: false, promise: '' }) });
  }
}

/** Own names and those of classes above; `constructor` is no matcher. @param {object} source @returns {string[]} */
function namesOf(source) {
  const names = new Set(Object.keys(source));
  for (let at = Object.getPrototypeOf(source); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

/** @param {unknown} count */
function assertions(count) {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
    throw new Error(`Expected value must be a non-negative integer: ${format(count)}`);
  }
  const running = attempt();
  if (running) running.expected = count;
}

function hasAssertions() {
  const running = attempt();
  if (running && running.expected === null) running.expected = 'some';
}

class UnreachableError extends Error {}
Object.defineProperty(UnreachableError.prototype, 'name', {
  value: 'UnreachableError',
  writable: true,
  configurable: true,
});

/** @param {string | Error} [message] @returns {never} */
function unreachable(message) {
  if (message instanceof Error) throw message;
  const error = new UnreachableError(message === undefined ? 'reached unreachable code' : String(message));
  Error.captureStackTrace(error, unreachable);
  throw error;
}

Object.assign(expect, factories({ not: false, promise: '' }), { extend, assertions, hasAssertions, unreachable });
Object.defineProperties(expect, {
  not: { get: () => asymmetricSide({ not: true, promise: '' }), configurable: true },
  resolvesTo: { get: () => asymmetricSide({ not: false, promise: 'resolvesTo' }), configurable: true },
  rejectsTo: { get: () => asymmetricSide({ not: false, promise: 'rejectsTo' }), configurable: true },
});

module.exports = expect;
