'use strict';

/**
 * By what programs and libraries tell that they run on Bun: `process.versions.bun`,
 * `process.isBun`, `process.revision`, `navigator.userAgent`.
 */

const { version, revision } = require('../bun/version');
const { defineLazy } = require('./lazy');

function assumeIdentity() {
  const { versions } = process;
  if ('bun' in versions) return;
  Object.defineProperty(versions, 'bun', { value: version, writable: false, enumerable: true, configurable: true });
  for (const [name, value] of Object.entries({ isBun: true, revision })) {
    Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
  }
  const ofNode = Object.getOwnPropertyDescriptor(globalThis, 'navigator')?.get;
  defineLazy(globalThis, { navigator: () => navigator(ofNode?.call(globalThis)) }, { enumerable: false });
}

/**
 * Node's navigator (Node 20 has none) with Bun's properties on it.
 *
 * @param {object} [ofNode]
 */
function navigator(ofNode = new (class Navigator {})()) {
  const os = require('node:os');
  const platforms = /** @type {Record<string, string>} */ ({
    darwin: 'MacIntel',
    win32: 'Win32',
    linux: `Linux ${os.machine()}`,
  });
  const properties = {
    userAgent: `Bun/${version}`,
    platform: platforms[process.platform] ?? process.platform,
    hardwareConcurrency: os.availableParallelism(),
  };
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(ofNode, name, { value, writable: true, enumerable: true, configurable: true });
  }
  return ofNode;
}

module.exports = { assumeIdentity };
