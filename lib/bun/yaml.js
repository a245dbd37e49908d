'use strict';

const { parser } = require('./data-format');

/** `Bun.YAML`. `stringify` is not there yet. @see https://bun.com/docs/runtime/yaml */
module.exports = { parse: parser('YAML', 'yaml') };
