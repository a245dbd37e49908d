'use strict';

const { attempt } = require('./attempt');

/**
 * Bun runs the event loop inside `expect(promise).resolves`, so that a test need not `await` it. Node
 * cannot; instead an assertion that nobody awaited is waited for at the end of its test, and fails it.
 */

/** @type {WeakSet<object>} the assertions that the test itself waits for */
const taken = new WeakSet();

class AssertionPromise extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  /** @param {any} [onFulfilled] @param {any} [onRejected] */
  then(onFulfilled, onRejected) {
    taken.add(this);
    return super.then(onFulfilled, onRejected);
  }
}

/** @param {Promise<unknown>} work @returns {Promise<undefined>} */
function followUp(work) {
  const shown = new AssertionPromise((resolve, reject) => {
    work.then(() => resolve(undefined), reject);
  });
  const running = attempt();
  const outcome = /** @type {Promise<{ error: unknown } | null>} */ (
    Promise.prototype.then.call(
      shown,
      () => null,
      (error) => ({ error }),
    )
  );
  running?.pending.push({ shown, outcome });
  return /** @type {any} */ (shown);
}

/** @param {import('./attempt').Attempt} owner @returns {Promise<{ error: unknown } | null>} the first failure that nobody saw */
async function settlePending(owner) {
  for (const { shown, outcome } of owner.pending.splice(0)) {
    const failure = await outcome;
    if (failure && !taken.has(shown)) return failure;
  }
  return null;
}

module.exports = { followUp, settlePending };
