'use strict';

/**
 * `Bun.argv`: the very array of `process.argv`.
 * @see https://bun.com/docs/guides/process/argv
 */
module.exports = process.argv;
