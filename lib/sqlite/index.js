'use strict';

/**
 * `bun:sqlite`
 *
 * @see https://bun.com/docs/runtime/sqlite
 */

const { Database } = require('./database');
const { Statement } = require('./statement');
const { SQLiteError } = require('./error');
const constants = require('./constants');

module.exports = { __esModule: true, Database, Statement, constants, default: Database, SQLiteError };
