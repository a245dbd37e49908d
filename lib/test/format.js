'use strict';

/** `Bun.inspect` of a value, for the messages of matchers. @param {unknown} value @returns {string} */
function format(value) {
  const { inspect } = /** @type {any} */ (require('../../pure'));
  return inspect ? inspect(value) : require('node:util').inspect(value);
}

module.exports = { format };
