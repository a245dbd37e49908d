'use strict';

/**
 * Mock functions and spies, on `jest-mock`.
 *
 * @see https://bun.com/docs/test/mocks
 */

const { ModuleMocker } = require('jest-mock');

const mocker = new ModuleMocker(/** @type {any} */ (globalThis));

/** @param {Function} [implementation] @returns {any} */
function fn(implementation) {
  return mocker.fn(/** @type {any} */ (implementation));
}

/** @param {any} object @param {PropertyKey} key @param {'get' | 'set'} [access] @returns {any} */
function spyOn(object, key, access) {
  return access === undefined
    ? mocker.spyOn(object, /** @type {any} */ (key))
    : mocker.spyOn(object, /** @type {any} */ (key), access);
}

const mock = Object.assign((/** @type {Function} */ implementation) => fn(implementation), {
  module: (/** @type {string} */ specifier, /** @type {() => any} */ factory) =>
    require('./module-mock').mockModule(specifier, factory),
  restore: () => mocker.restoreAllMocks(),
  clearAllMocks: () => mocker.clearAllMocks(),
});

module.exports = {
  mock,
  fn,
  spyOn,
  clearAllMocks: () => mocker.clearAllMocks(),
  resetAllMocks: () => mocker.resetAllMocks(),
  restoreAllMocks: () => mocker.restoreAllMocks(),
};
