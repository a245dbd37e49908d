'use strict';

/**
 * What a `Database` shares with its statements and its user functions.
 */
class Connection {
  /** User functions and hooks that are running. */
  callbacks = 0;

  /**
   * @param {(operation: number, ...values: any[]) => any} native the database's function
   * @param {boolean} strict
   * @param {boolean} big whether integers are bigints
   */
  constructor(native, strict, big) {
    this.native = native;
    this.strict = strict;
    this.big = big;
  }

  /** @throws {TypeError} while a user function runs */
  checkIdle() {
    if (this.callbacks > 0) throw new TypeError('This database connection is busy executing a query');
  }
}

module.exports = { Connection };
