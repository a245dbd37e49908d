'use strict';

/**
 * What queries run in: a client, a transaction, a savepoint. One that has ended runs no more.
 */
class Scope {
  isTransaction = false;

  /** @param {any} adapter `SQLiteAdapter` or `ServerAdapter` */
  constructor(adapter) {
    this.adapter = adapter;
  }

  /** An error of the adapter's class, `ERR_SQLITE_…`. @param {string} message @param {string} code */
  error(message, code) {
    return this.adapter.error(message, code);
  }

  /** @throws what keeps queries from running now */
  check() {
    this.adapter.check();
  }

  /** @param {import('./source').Source} source @param {'objects' | 'values' | 'raw'} mode */
  run(source, mode) {
    if (source.kind === 'identifier') {
      throw this.error('Query not called as a tagged template literal', 'NOT_TAGGED_CALL');
    }
    const { text, values } = this.adapter.compose(source);
    this.check();
    return this.adapter.execute(text, values, mode);
  }
}

module.exports = { Scope };
