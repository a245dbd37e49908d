'use strict';

const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);
const NO_OPTIONS = 'Expected options to be an object';

/** @typedef {{ service: string, name: string }} Place */

/** @param {any} options @returns {Place} */
function placeOf(options) {
  if (options === null || (typeof options !== 'object' && typeof options !== 'function'))
    throw ERR_INVALID_ARG_TYPE(NO_OPTIONS);
  const { service, name } = options;
  if (typeof service !== 'string' || typeof name !== 'string')
    throw ERR_INVALID_ARG_TYPE('Expected service and name to be strings');
  return { service, name };
}

/** @param {string[]} texts service, name, value */
function check(...texts) {
  if (texts[0] === '' || texts[1] === '') throw ERR_INVALID_ARG_TYPE('Expected service and name to not be empty');
  if (texts.some((text) => text.includes('\0')))
    throw ERR_INVALID_ARG_VALUE('Expected service, name, and value to be strings without null bytes');
}

/** @param {unknown[]} values */
const areTexts = (...values) => values.every((value) => typeof value === 'string');

/** @returns {any} */
const engine = () => native('bun-core', 'bun');

/**
 * `Bun.secrets`: credentials in the system's store. Argument errors are thrown at once, others reject.
 *
 * @see https://bun.com/docs/runtime/secrets
 */
const secrets = {
  /** @param {any} options `{ service, name }`, or the service before the name @returns {Promise<string | null>} @throws ERR_INVALID_ARG_TYPE */
  get(options, ...rest) {
    if (arguments.length === 0) throw ERR_INVALID_ARG_TYPE('secrets.get requires an options object');
    const texts = areTexts(options, rest[0]);
    const { service, name } = placeOf(texts ? { service: options, name: rest[0] } : options);
    check(service, name);
    return engine().secretGet(service, name);
  },

  /**
   * An empty value deletes what is stored.
   *
   * @param {any} options `{ service, name, value }`, or the service
   * @param {any} name its name
   * @param {any[]} rest its value
   * @returns {Promise<void>}
   * @throws ERR_INVALID_ARG_TYPE
   */
  set(options, name, ...rest) {
    const given = areTexts(options, name, rest[0]) ? { service: options, name, value: rest[0] } : options;
    const place = placeOf(given);
    const { value } = given;
    if (value === undefined || value === null)
      throw ERR_INVALID_ARG_TYPE("Expected 'value' to be a string. To delete the secret, call secrets.delete instead.");
    if (typeof value !== 'string') throw ERR_INVALID_ARG_TYPE("Expected 'value' to be a string");
    check(place.service, place.name, value);
    if (value !== '') return engine().secretSet(place.service, place.name, value);
    return engine()
      .secretDelete(place.service, place.name)
      .then(() => undefined);
  },

  /** @param {any} options `{ service, name }` @returns {Promise<boolean>} whether there was one @throws ERR_INVALID_ARG_TYPE */
  delete(options) {
    if (arguments.length === 0) throw ERR_INVALID_ARG_TYPE('secrets.delete requires an options object');
    const { service, name } = placeOf(options);
    check(service, name);
    return engine().secretDelete(service, name);
  },
};

for (const name of Object.keys(secrets)) Object.defineProperty(secrets, name, { writable: false, configurable: false });

module.exports = secrets;
