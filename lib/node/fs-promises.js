'use strict';

/** `node:fs/promises`, with a faster `readFile`. */

const promises = require('node:fs/promises');
const { read, wanted } = require('./fast-read');
const { overlay } = require('./overlay');

const { readFile: nodesReadFile } = promises;

const replacements = {
  /** @param {any} path @param {any} [options] */
  async readFile(path, options) {
    const encoding = wanted(path, options);
    if (encoding !== undefined) {
      try {
        return await read(path, encoding);
      } catch {
        // Node's own says it.
      }
    }
    return nodesReadFile(path, options);
  },
};

module.exports = overlay(promises, replacements);
