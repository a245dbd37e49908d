'use strict';

/** Matchers of an object's keys, values and properties. */

const { format } = require('../format');
const { deepEqual } = require('../equality');
const { prettyDifference } = require('../difference');

/** @param {import('../expectation').Call} call */
function mustBeObject({ received }) {
  if (typeof received !== 'object' && typeof received !== 'function')
    throw new TypeError(`Expected value must be an object\nReceived: ${format(received)}`);
  if (received === null) throw new TypeError(`Expected value must be an object\nReceived: ${format(received)}`);
}

/**
 * @param {string} what
 * @param {(received: any, expected: any) => boolean} test
 * @param {(received: any) => unknown} [shown] what stands behind `Received`
 * @param {NonNullable<import('../expectation').Matcher['check']>} [check]
 * @returns {import('../expectation').Matcher}
 */
const content = (what, test, shown = (received) => received, check = mustBeObject) => ({
  shown: 'expected',
  needs: [1, 'takes 1 argument'],
  check,
  test: ({ received }, [expected]) => test(received, expected),
  say: ({ received, not }, [expected]) =>
    `Expected to ${not ? 'not ' : ''}contain${what}: ${format(expected)}\nReceived: ${format(shown(received))}\n`,
});

/**
 * Content of which several parts are asked for; here Bun takes what is no object, too.
 *
 * @param {string} name
 * @param {string} what
 * @param {(received: any, expected: any[]) => boolean} test
 * @param {(received: any) => unknown} [shown]
 * @returns {import('../expectation').Matcher}
 */
const contents = (name, what, test, shown = undefined) =>
  content(what, test, shown, (_, [expected]) => {
    if (!Array.isArray(expected)) throw new Error(`Expected expected to be a array for '${name}'.`);
  });

/** @param {unknown} value */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** @param {unknown} object @param {PropertyKey} key */
const has = (object, key) => isObject(object) && Object.hasOwn(/** @type {object} */ (object), key);

/** @param {unknown} object @returns {unknown[]} */
const valuesOf = (object) => (isObject(object) ? Object.values(/** @type {object} */ (object)) : []);

/** @param {unknown} object @param {unknown} value */
const holds = (object, value) => valuesOf(object).some((each) => deepEqual(each, value));

/** @param {unknown} path @returns {PropertyKey[]} */
function keysOf(path) {
  if (Array.isArray(path)) return path;
  const text = String(path);
  // Dots and brackets part names; nothing at all between two dots is a name, too.
  return text.split('.').flatMap((part) => (part === '' ? [''] : part.split(/[[\]]+/).filter(Boolean)));
}

/** @param {any} object @param {unknown} path @returns {{ found: boolean, value: any }} */
function lookUp(object, path) {
  if (object === null || object === undefined) return { found: false, value: undefined };
  let value = object;
  const keys = keysOf(path);
  if (keys.length === 0) return { found: false, value: undefined };
  for (const key of keys) {
    if (value === null || value === undefined || !(key in Object(value))) return { found: false, value: undefined };
    value = value[key];
  }
  return { found: true, value };
}

/** @type {import('../expectation').Matchers} */
module.exports = {
  toContainKey: content('', has),
  toContainKeys: contents('toContainKeys', '', (object, keys) =>
    keys.every((/** @type {PropertyKey} */ key) => has(object, key)),
  ),
  toContainAllKeys: contents(
    'toContainAllKeys',
    ' all keys',
    (object, keys) =>
      Object.keys(object).length === keys.length && keys.every((/** @type {PropertyKey} */ key) => has(object, key)),
    Object.keys,
  ),
  toContainAnyKeys: contents('toContainAnyKeys', '', (object, keys) =>
    keys.some((/** @type {PropertyKey} */ key) => has(object, key)),
  ),
  toContainValue: content('', holds),
  toContainValues: contents('toContainValues', '', (object, values) =>
    values.every((/** @type {unknown} */ value) => holds(object, value)),
  ),
  toContainAllValues: contents(
    'toContainAllValues',
    ' all values',
    (object, values) =>
      valuesOf(object).length === values.length && values.every((/** @type {unknown} */ value) => holds(object, value)),
  ),
  toContainAnyValues: contents('toContainAnyValues', ' any of the following values', (object, values) =>
    values.some((/** @type {unknown} */ value) => holds(object, value)),
  ),
  toHaveProperty: {
    needs: [1, 'requires at least 1 argument'],
    shown: 'path',
    shownFor: (_, args) => (args.length > 1 ? 'path, value' : 'path'),
    check(_, [path]) {
      if (typeof path !== 'string' && typeof path !== 'number' && typeof path !== 'symbol' && !Array.isArray(path))
        throw new Error('Expected path must be a string or an array');
    },
    test(call, [path, ...rest]) {
      call.facts = lookUp(call.received, path);
      return call.facts.found && (rest.length === 0 || deepEqual(call.facts.value, rest[0]));
    },
    say({ not, facts }, [path, ...rest]) {
      const [value] = rest;
      if (not)
        return rest.length > 0
          ? `Expected path: ${format(path)}\n\nExpected value: not ${format(value)}\n`
          : `Expected path: not ${format(path)}\n\nReceived value: ${format(facts.value)}\n`;
      if (!facts.found)
        return `Expected path: ${format(path)}\n\n${rest.length > 0 ? `Expected value: ${format(value)}\n\n` : ''}Unable to find property\n`;
      return prettyDifference(value, facts.value);
    },
  },
};
