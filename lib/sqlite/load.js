'use strict';

const { Database } = require('./database');

/**
 * The exports of `import db from './x.sqlite' with { type: 'sqlite' }`: the module hooks call it.
 *
 * @see https://bun.com/docs/runtime/sqlite#load-via-es-module-import
 * @param {string} filename absolute path
 * @returns {{ db: Database, default: Database, __esModule: true }}
 */
function loadDatabase(filename) {
  const db = new Database(filename);
  return { db, default: db, __esModule: true };
}

module.exports = { loadDatabase };
