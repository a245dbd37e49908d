'use strict';

/**
 * Argument checks with Node's messages, for APIs where Bun throws Node's errors too.
 * An API whose errors differ in Bun writes its own.
 */

const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = require('./errors');

/** @param {unknown} value @param {string} name @returns {asserts value is string} */
function validateString(value, name) {
  if (typeof value !== 'string') throw ERR_INVALID_ARG_TYPE(name, 'of type string', value);
}

/** @param {unknown} value @param {string} name @returns {asserts value is Function} */
function validateFunction(value, name) {
  if (typeof value !== 'function') throw ERR_INVALID_ARG_TYPE(name, 'of type function', value);
}

/** @param {unknown} value @param {string} name @returns {asserts value is object} */
function validateObject(value, name) {
  if (value === null || typeof value !== 'object') throw ERR_INVALID_ARG_TYPE(name, 'of type object', value);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {number} [min]
 * @param {number} [max]
 * @returns {asserts value is number}
 */
function validateInteger(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw ERR_INVALID_ARG_TYPE(name, 'of type number', value);
  if (!Number.isInteger(value)) throw ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw ERR_OUT_OF_RANGE(name, `>= ${min} and <= ${max}`, value);
}

module.exports = { validateString, validateFunction, validateObject, validateInteger };
