'use strict';

/** What `sql(object)`, `sql(list)` give: values for INSERT, UPDATE and IN. */
class SQLHelper {
  /** @param {any[]} value @param {(string | number)[]} columns */
  constructor(value, columns) {
    this.value = value;
    this.columns = columns;
  }
}

/**
 * @param {any} value
 * @param {any[]} keys the columns that are picked; none: those of the first object
 * @throws {Error} for a key that is neither a string nor a number
 */
function makeHelper(value, keys) {
  for (const key of keys) {
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new Error(`Keys must be strings or numbers: ${String(key)}`);
    }
  }
  const items = Array.isArray(value) ? value : [value];
  const [first] = items;
  if (keys.length === 0 && typeof first === 'object' && first !== null) keys = Object.keys(first);
  return new SQLHelper(items, keys);
}

module.exports = { SQLHelper, makeHelper };
