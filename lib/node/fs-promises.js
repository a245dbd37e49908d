'use strict';

/** `node:fs/promises`, with a faster `readFile` and faster work on whole trees. */

const promises = require('node:fs/promises');
const { read, wanted } = require('./fast-read');
const many = require('./fast-stat');
const tree = require('./fast-tree');
const { watchPromised } = require('./fast-watch');
const { writtenNow } = require('./fast-write');
const { overlay } = require('./overlay');

const { readFile: nodesReadFile, writeFile: nodesWriteFile } = promises;

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

  /** @param {any} path @param {any} data @param {any} [options] */
  async writeFile(path, data, options) {
    const written = writtenNow(path, data, options);
    if (written === false) return nodesWriteFile(path, data, options);
    if (written !== true) await written;
  },

  /** @param {any} path @param {any} [options] */
  stat: (path, options) => many.stat.promise(path, options),
  /** @param {any} path @param {any} [options] */
  lstat: (path, options) => many.lstat.promise(path, options),

  /** @param {any[]} given */
  rm: (...given) => tree.rm.promise(...given),
  /** @param {any[]} given */
  cp: (...given) => tree.cp.promise(...given),
  /** @param {any[]} given */
  readdir: (...given) => tree.readdir.promise(...given),

  watch: watchPromised,
};

module.exports = overlay(promises, replacements);
