'use strict';

/** `node:fs` writes an `ArrayBuffer` as it does a view of one, which is what Bun's does. */

const Module = require('node:module');
const fs = /** @type {any} */ (require('node:fs'));
const { isAnyArrayBuffer } = require('node:util/types');

const writers = ['writeFile', 'appendFile'];
let extended = false;

/** @param {any} owner @param {string[]} names of functions whose second argument is data */
function extend(owner, names) {
  for (const name of names) {
    const own = owner[name];
    const writer = /** @this {unknown} @param {unknown} _ @param {any} data */ function (_, data) {
      if (typeof data === 'object' && isAnyArrayBuffer(data)) arguments[1] = new Uint8Array(data);
      return Reflect.apply(own, this, arguments);
    };
    owner[name] = Object.defineProperties(writer, Object.getOwnPropertyDescriptors(own));
  }
}

/** `fs.promises` takes a millisecond to load: extended when it is used, or as soon as that could go unnoticed. */
function extendPromises() {
  if (extended) return;
  extended = true;
  extend(require('node:fs/promises'), writers);
  Module.syncBuiltinESMExports();
}

/** @param {boolean} threaded whether imports are resolved on another thread */
function install(threaded) {
  extend(fs, [...writers, ...writers.map((name) => `${name}Sync`)]);
  const { get } = /** @type {any} */ (Object.getOwnPropertyDescriptor(fs, 'promises'));
  Object.defineProperty(fs, 'promises', {
    get() {
      extendPromises();
      return get.call(this);
    },
    enumerable: true,
    configurable: true,
  });
  if (threaded) extendPromises();
  else Module.syncBuiltinESMExports();
}

module.exports = { install, extendPromises };
