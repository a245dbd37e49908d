'use strict';

/**
 * The npm package `abort-controller` as Bun has it built in: the class of the Web, with what the package has on it.
 *
 * @see https://github.com/mysticatea/abort-controller
 */

module.exports = Object.assign(AbortController, { AbortSignal, AbortController, default: AbortController });
