'use strict';

const { isPromise } = require('node:util/types');
const { inspect } = require('node:util');
const { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } = require('../internal/errors');
const { native } = require('../internal/native');

const STATES = ['pending', 'fulfilled', 'rejected'];

/**
 * `Bun.peek`: the value or reason of a settled promise, without waiting; the promise itself while it
 * is pending. What is no promise comes back as it is.
 *
 * @see https://bun.com/docs/runtime/utils#bun-peek
 * @param {unknown} [value]
 * @returns {unknown}
 */
function peek(value) {
  if (!isPromise(value) || status(value) === 'pending') return value;
  const engine = native('bun-core', 'bun');
  if (!engine.introspection()) {
    throw ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(
      'Bun.peek of a settled promise',
      'this Node does not export the methods of V8 that read it',
    );
  }
  value.catch(ignore); // Bun counts a peeked rejection as handled
  return engine.promiseResult(value);
}

/**
 * `Bun.peek.status`: the state of a promise; anything else is fulfilled.
 *
 * @param {unknown} value
 * @returns {'pending' | 'fulfilled' | 'rejected'}
 */
function status(value) {
  if (!isPromise(value)) return 'fulfilled';
  const state = native('bun-core', 'bun').promiseState(value);
  return /** @type {any} */ (STATES[state] ?? shown(value));
}

/** Node's own inspector tells the state where V8's methods are not exported. @param {Promise<unknown>} promise */
function shown(promise) {
  const text = inspect(promise, { depth: -1, customInspect: false });
  if (/\{\s*<pending>/.test(text)) return 'pending';
  return /\{\s*<rejected>/.test(text) ? 'rejected' : 'fulfilled';
}

function ignore() {}

Object.defineProperty(peek, 'name', { value: '', configurable: true });
peek.status = status;

module.exports = peek;
