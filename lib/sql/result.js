'use strict';

/**
 * The rows of a query, with what else there is to know of it.
 *
 * @see https://bun.com/docs/runtime/sql#result-metadata
 */
class SQLResultArray extends Array {
  /** What is made of it is a plain array. */
  static get [Symbol.species]() {
    return Array;
  }

  get statement() {
    return null;
  }

  get columns() {
    return null;
  }
}

/**
 * @param {any[]} rows
 * @param {{ count: number, command: string | null, lastInsertRowid: any, affectedRows: number }} facts
 */
function makeResult(rows, { count, command, lastInsertRowid, affectedRows }) {
  const result = new SQLResultArray();
  for (const row of rows) result.push(row);
  return Object.assign(result, { count, command, lastInsertRowid, affectedRows });
}

module.exports = { SQLResultArray, makeResult };
