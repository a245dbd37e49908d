'use strict';

/**
 * Reads properties of the config of `Bun.build`, with its words for what does not fit.
 */

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** @param {any} config @param {string} name @returns {string | undefined} */
function optionalString(config, name) {
  const value = config[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw ERR_INVALID_ARG_TYPE(`The "${name}" property must be of type string, got ${typeof value}`);
}

/** @param {any} config @param {string} name @param {string[]} choices @returns {any} */
function choice(config, name, choices) {
  const value = config[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw ERR_INVALID_ARG_TYPE(`${name} must be a string`);
  if (choices.includes(value)) return value;
  throw ERR_INVALID_ARG_TYPE(`${name} must be one of ${choices.map((word) => `"${word}"`).join(', ')}`);
}

/** @param {any} config @param {string} name @returns {string[]} */
function list(config, name) {
  const value = config[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  throw ERR_INVALID_ARG_TYPE(`${name} must be an array`);
}

/** @param {any} config @param {string} name @returns {any} */
function object(config, name) {
  const value = config[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') return value;
  throw ERR_INVALID_ARG_TYPE(`${name} must be an object`);
}

/** @param {any} config @param {string} name @returns {Record<string, any>} a copy, empty when there is none */
function objectOf(config, name) {
  return { ...object(config, name) };
}

module.exports = { optionalString, choice, list, object, objectOf };
