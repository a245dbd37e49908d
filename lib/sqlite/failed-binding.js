'use strict';

const { Unbindable } = require('./error');

/** Reading the values has ended early: a getter threw, or a name is missing. */
class Interrupted {
  /** @param {any} cause @param {any[]} read the values before */
  constructor(cause, read) {
    this.cause = cause;
    this.read = read;
  }
}

/**
 * What a call that cannot bind its values throws, and what stays bound. Real Bun clears what was bound before, then reads
 * and binds one value after the other, so the first that is wrong ends it; all of them go for an integer beyond 64 bits.
 *
 * @param {any} error
 * @param {ArrayLike<any>} values the list that was to be bound
 * @param {(values: any[]) => void} check throws for the first value that cannot be bound
 * @returns {{ error: any, bound: any[] }}
 */
function failure(error, values, check) {
  let cause = error;
  if (error instanceof Interrupted) {
    values = error.read;
    cause = error.cause;
    try {
      check(error.read);
      return { error: cause, bound: error.read };
    } catch (earlier) {
      cause = earlier;
    }
  }
  if (!(cause instanceof Unbindable)) return { error: cause, bound: [] };
  return { error: new TypeError(cause.message), bound: Array.prototype.slice.call(values, 0, cause.index) };
}

module.exports = { Interrupted, failure };
