'use strict';

const { codeError } = require('../internal/errors');

/** What `console.table` throws for columns that are no list. */
const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  () => 'The "properties" argument must be an instance of Array.',
);

module.exports = { ERR_INVALID_ARG_TYPE };
