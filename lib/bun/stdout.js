'use strict';

/**
 * `Bun.stdout`: descriptor 1 as a `BunFile`.
 *
 * @see https://bun.com/docs/runtime/file-io
 */
module.exports = require('./file')(1);
