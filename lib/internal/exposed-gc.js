'use strict';

/**
 * V8's `gc`, which it gives only to contexts made while a flag is up, so that the program's own global is not changed.
 *
 * @returns {(options?: { type: 'major' | 'minor', execution?: 'sync' | 'async' }) => any}
 */
function exposedGc() {
  const v8 = require('node:v8');
  v8.setFlagsFromString('--expose-gc');
  const found = require('node:vm').runInNewContext('gc');
  if (typeof globalThis.gc !== 'function') v8.setFlagsFromString('--no-expose-gc');
  return found;
}

module.exports = { exposedGc };
