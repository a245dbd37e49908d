'use strict';

const { parser } = require('./data-format');

/** `Bun.JSONC`. @see https://bun.com/docs/runtime/jsonc */
module.exports = { parse: parser('JSONC', 'jsonc') };
