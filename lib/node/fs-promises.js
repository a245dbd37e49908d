'use strict';

/** `node:fs/promises`, with a faster `readFile`. */

const promises = require('node:fs/promises');
const { isPlain, read } = require('./fast-read');
const { overlay } = require('./overlay');

const { readFile: nodesReadFile } = promises;

const replacements = {
  /** @param {any} path @param {any} [options] */
  async readFile(path, options) {
    if (isPlain(path, options)) {
      try {
        return await read(path);
      } catch {
        // Node's own says it.
      }
    }
    return nodesReadFile(path, options);
  },
};

module.exports = overlay(promises, replacements);
