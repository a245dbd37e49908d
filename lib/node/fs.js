'use strict';

/** `node:fs`, with a faster `readFile` and `promises.readFile`. */

const fs = require('node:fs');
const { isPlain, read } = require('./fast-read');
const promises = require('./fs-promises');
const { overlay } = require('./overlay');

const { readFile: nodesReadFile } = fs;

const replacements = {
  /** @param {any} path @param {any} options @param {any} [callback] */
  readFile(path, options, callback) {
    const plain = typeof options === 'function' ? undefined : options;
    const done = typeof options === 'function' ? options : callback;
    if (typeof done !== 'function' || !isPlain(path, plain)) {
      nodesReadFile(path, options, callback);
      return;
    }
    // When the event loop turns, as any callback of a file.
    read(path).then(
      (bytes) => setImmediate(done, null, bytes),
      () => nodesReadFile(path, options, callback),
    );
  },
};

const overlaid = overlay(fs, replacements);
Object.defineProperty(overlaid, 'promises', { value: promises, enumerable: true, configurable: true });

module.exports = overlaid;
