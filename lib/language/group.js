'use strict';

/**
 * @param {Iterable<any>} items
 * @param {(value: any, index: number) => any} callback
 * @param {(key: any) => any} toKey
 * @returns {Map<any, any[]>}
 */
function group(items, callback, toKey) {
  if (items === undefined || items === null) throw new TypeError(`${items} is not iterable`);
  if (typeof callback !== 'function') throw new TypeError(`${String(callback)} is not a function`);
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = toKey(callback(item, index++));
    const members = groups.get(key);
    if (members) members.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** @param {unknown} value @returns {PropertyKey} */
const toPropertyKey = (value) => (typeof value === 'symbol' ? value : `${/** @type {any} */ (value)}`);

/** @see https://tc39.es/ecma262/#sec-object.groupby https://tc39.es/ecma262/#sec-map.groupby */
module.exports = {
  object: {
    /** @param {Iterable<any>} items @param {(value: any, index: number) => unknown} callback */
    groupBy(items, callback) {
      const object = Object.create(null);
      for (const [key, members] of group(items, callback, toPropertyKey)) object[key] = members;
      return object;
    },
  },
  map: {
    /** @param {Iterable<any>} items @param {(value: any, index: number) => unknown} callback */
    groupBy: (items, callback) => group(items, callback, (key) => key),
  },
};
