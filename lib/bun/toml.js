'use strict';

const { parser } = require('./data-format');

/** `Bun.TOML`. `stringify` is not there yet. @see https://bun.com/docs/runtime/toml */
module.exports = { parse: parser('TOML', 'toml') };
