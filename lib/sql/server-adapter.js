'use strict';

const { MySQLError, PostgresError } = require('./errors');
const { Composer } = require('./text');
const { Turn } = require('./turn');

/** A value that PostgreSQL gets as JSON. */
class SQLJSONParameter {
  /** @param {unknown} value */
  constructor(value) {
    this.value = value;
    this.toJSON = () => value;
  }
}

const NAMES = /** @type {Record<string, string>} */ ({ postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' });

/**
 * What stands for a database server. A client can be made and asked for its options, as in Bun; whatever
 * needs a connection rejects, since there is no client of a server's protocol here yet.
 */
class ServerAdapter {
  turn = new Turn();
  #isClosed = false;

  /** @param {Record<string, any> & { adapter: string }} options */
  constructor(options) {
    this.options = options;
  }

  /** @param {string} message @param {string} code */
  error(message, code) {
    return this.options.adapter === 'postgres'
      ? new PostgresError(message, { code: `ERR_POSTGRES_${code}` })
      : new MySQLError(message, { code: `ERR_MYSQL_${code}` });
  }

  /** @returns {never} */
  check() {
    if (this.#isClosed) throw this.error('Connection closed', 'CONNECTION_CLOSED');
    const name = NAMES[this.options.adapter];
    throw this.error(
      `dx-compat cannot connect to ${name}: of the adapters of Bun.SQL it has only "sqlite" yet`,
      'CONNECTION_UNSUPPORTED',
    );
  }

  async connect() {
    this.check();
  }

  reserve() {
    return this.connect();
  }

  beginDistributed() {
    return this.connect();
  }

  finishDistributed() {
    return this.connect();
  }

  listen() {
    return this.connect();
  }

  notify() {
    return this.connect();
  }

  async close() {
    this.#isClosed = true;
  }

  /** @param {unknown} value */
  json(value) {
    return this.options.adapter === 'postgres' ? new SQLJSONParameter(value) : JSON.stringify(value);
  }

  /** @returns {never} */
  array() {
    if (this.options.adapter !== 'postgres') throw new Error("MySQL doesn't support arrays");
    return this.check();
  }

  /** @param {import('./source').Source} source */
  compose(source) {
    return new Composer(this.options.transform).whole(source);
  }

  /** @returns {never} */
  execute() {
    return this.check();
  }
}

module.exports = { ServerAdapter };
