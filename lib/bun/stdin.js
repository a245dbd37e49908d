'use strict';

/**
 * `Bun.stdin`: descriptor 0 as a `BunFile`.
 *
 * @see https://bun.com/docs/runtime/file-io
 */
module.exports = require('./file')(0);
