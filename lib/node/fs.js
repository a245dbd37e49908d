'use strict';

/** `node:fs`, with a faster `readFile` and `promises.readFile`. */

const fs = require('node:fs');
const { read, wanted } = require('./fast-read');
const promises = require('./fs-promises');
const { overlay } = require('./overlay');

const { readFile: nodesReadFile } = fs;

const replacements = {
  /** @param {any} path @param {any} options @param {any} [callback] */
  readFile(path, options, callback) {
    const plain = typeof options === 'function' ? undefined : options;
    const done = typeof options === 'function' ? options : callback;
    const encoding = wanted(path, plain);
    if (typeof done !== 'function' || encoding === undefined) {
      nodesReadFile(path, options, callback);
      return;
    }
    // When the event loop turns, as any callback of a file.
    read(path, encoding).then(
      (content) => setImmediate(done, null, content),
      () => nodesReadFile(path, options, callback),
    );
  },
};

const overlaid = overlay(fs, replacements);
Object.defineProperty(overlaid, 'promises', { value: promises, enumerable: true, configurable: true });

module.exports = overlaid;
