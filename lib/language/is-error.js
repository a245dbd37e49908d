'use strict';

const { isNativeError } = require('node:util/types');

/** @see https://tc39.es/proposal-is-error/ */
module.exports = {
  /** @param {unknown} value */
  isError: (value) => isNativeError(value),
};
