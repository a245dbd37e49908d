'use strict';

/**
 * `Bun.stderr`: descriptor 2 as a `BunFile`.
 *
 * @see https://bun.com/docs/runtime/file-io
 */
module.exports = require('./file')(2);
