'use strict';

/** One run of a test or hook: its function, its time limit, its assertions, and what interrupts it. */

const { AsyncLocalStorage } = require('node:async_hooks');
const real = require('./real-time');
const state = require('./state');

/**
 * @typedef {{ kind: 'pass' } | { kind: 'error', error: unknown } | { kind: 'timeout', limit: number }} Outcome
 * @typedef {object} Attempt
 * @property {import('./scope').TestNode | null} test null for hooks of a scope
 * @property {import('./scope').Hook[]} after hooks that the test itself added
 * @property {import('./scope').Hook[]} finishers
 * @property {number} assertions
 * @property {number | 'some' | null} expected what `expect.assertions` or `expect.hasAssertions` asked for
 * @property {((outcome: Outcome) => void) | null} interrupt ends the running step early
 * @property {{ shown: Promise<unknown>, outcome: Promise<{ error: unknown } | null> }[]} pending assertions that wait for a promise
 */

/** @type {AsyncLocalStorage<Attempt>} */
const concurrentAttempt = new AsyncLocalStorage();

/** @param {import('./scope').TestNode | null} test @returns {Attempt} */
function newAttempt(test) {
  return { test, after: [], finishers: [], assertions: 0, expected: null, interrupt: null, pending: [] };
}

/** The attempt that the running code belongs to. @returns {Attempt | null} */
function attempt() {
  return state.current ?? concurrentAttempt.getStore() ?? null;
}

/**
 * Calls one test function or hook and waits for its promise, its `done`, its time limit, or an
 * uncaught error, whichever is first.
 *
 * @param {Function} fn
 * @param {unknown[]} args
 * @param {number} limit in milliseconds; 0 or Infinity is none
 * @param {Attempt} owner
 * @param {boolean} [atOnce] without the turn of the event loop in which rejections surface: another step follows
 * @returns {Promise<Outcome>}
 */
function runStep(fn, args, limit, owner, atOnce = false) {
  return new Promise((resolve) => {
    const limited = limit > 0 && limit < 2 ** 31;
    const started = real.now();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let settled = false;
    /** @param {Outcome} outcome */
    const settle = (outcome) => {
      if (settled) return;
      settled = true;
      if (timer) real.clearTimeout(timer);
      owner.interrupt = null;
      const late = limited && outcome.kind === 'pass' && real.now() - started > limit;
      resolve(late ? { kind: 'timeout', limit } : outcome);
    };
    owner.interrupt = settle;
    if (limited) timer = real.setTimeout(() => settle({ kind: 'timeout', limit }), limit);
    // one turn of the event loop, so that rejections nobody handled surface inside the test that made them
    const pass = () => settle({ kind: 'pass' });
    // A concurrent test begins among others, and as soon as there is room for it.
    const turn = concurrentAttempt.getStore() ? real.setImmediate : real.turn;
    const succeed = () => (atOnce ? pass() : turn(pass));
    /** @param {unknown} error */
    const failed = (error) => settle({ kind: 'error', error });
    try {
      if (fn.length > args.length) {
        const done = (/** @type {unknown} */ error) =>
          error === undefined || error === null ? succeed() : failed(error);
        const result = fn(...args, done);
        if (typeof result?.then === 'function') result.then(undefined, failed);
        return;
      }
      const result = fn(...args);
      if (typeof result?.then === 'function') result.then(succeed, failed);
      else succeed();
    } catch (error) {
      failed(error);
    }
  });
}

/** What `expect.assertions` and `expect.hasAssertions` say at the end. @param {Attempt} owner */
function unmetAssertions({ expected, assertions }) {
  if (expected === null) return null;
  const plural = (/** @type {number} */ n) => `${n} assertion${n === 1 ? '' : 's'}`;
  let message = '';
  let report = 'Expected to have assertions, but none were run';
  if (expected === 'some') {
    if (assertions > 0) return null;
    message = 'received 0 assertions, but expected at least one assertion to be called';
  } else {
    if (assertions === expected) return null;
    report = `Expected more assertions, but only received ${assertions}`;
    message = `expected ${plural(expected)}, but test ended with ${plural(assertions)}`;
  }
  const error = new Error(message);
  error.name = 'AssertionError';
  error.stack = undefined;
  Object.defineProperty(error, 'report', { value: report }); // what the JUnit report says
  return error;
}

module.exports = { newAttempt, attempt, concurrentAttempt, runStep, unmetAssertions };
