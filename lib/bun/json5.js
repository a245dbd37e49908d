'use strict';

const { parser } = require('./data-format');

/** `Bun.JSON5`. `stringify` is not there yet. @see https://bun.com/docs/runtime/json5 */
module.exports = { parse: parser('JSON5', 'json5') };
