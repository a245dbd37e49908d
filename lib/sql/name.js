'use strict';

const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');

/** @param {string} name @returns {string} it @throws {TypeError} for one with a NUL: there SQLite would cut the text off */
function checkedName(name) {
  if (name.includes('\0')) throw ERR_INVALID_ARG_VALUE('name', name, 'must not contain null bytes');
  return name;
}

/** @param {string} name `a.b` -> `"a"."b"` @throws {TypeError} for one with a NUL */
const quoted = (name) =>
  checkedName(name)
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');

module.exports = { checkedName, quoted };
