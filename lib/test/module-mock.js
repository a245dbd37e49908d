'use strict';

/** @type {Set<Promise<unknown>>} factories that have not settled */
const unsettled = new Set();

/** Waits for the module mocks that top-level code of a test file started. */
async function settled() {
  while (unsettled.size > 0) await Promise.all(unsettled);
}

/**
 * Replaces a module.
 *
 * @see https://bun.com/docs/test/mocks#module-mocks-with-mock-module
 * @param {string} specifier
 * @param {() => any} factory
 */
function mockModule(specifier, factory) {
  if (typeof specifier !== 'string') throw new TypeError('mock(module, fn) requires a module name string');
  if (typeof factory !== 'function') throw new TypeError('mock(module, fn) requires a function');
  const done = require('../loader').mockModule(specifier, undefined, factory);
  if (done) {
    unsettled.add(done);
    done.finally(() => unsettled.delete(done)).catch(() => {});
  }
  return done;
}

module.exports = { mockModule, settled };
