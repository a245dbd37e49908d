'use strict';

/** `node:fs`, with faster reads of whole files, work on whole trees and their watching, pipes from files and looks at
 * many files. */

const fs = require('node:fs');
const { pourable } = require('./fast-pipe');
const { read, readHere, wanted } = require('./fast-read');
const many = require('./fast-stat');
const tree = require('./fast-tree');
const { watch } = require('./fast-watch');
const { writtenNow } = require('./fast-write');
const promises = require('./fs-promises');
const { overlay } = require('./overlay');

const {
  readFile: nodesReadFile,
  readFileSync: nodesReadFileSync,
  writeFile: nodesWriteFile,
  createReadStream: nodesCreateReadStream,
} = fs;

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

  /** @param {any} path @param {any} [options] */
  readFileSync(path, options) {
    const encoding = wanted(path, options);
    return (encoding && readHere(path, encoding)) ?? nodesReadFileSync(path, options);
  },

  /** @param {any} path @param {any} data @param {any} options @param {any} [callback] */
  writeFile(path, data, options, callback) {
    const [plain, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
    const written = typeof done === 'function' && writtenNow(path, data, plain);
    if (written === false) nodesWriteFile(path, data, options, callback);
    else if (written === true) setImmediate(done, null);
    else {
      written.then(
        () => setImmediate(done, null),
        (error) => setImmediate(done, error),
      );
    }
  },

  // Programs call it with `new` as well.
  createReadStream: /** @param {any} path @param {any} [options] */ function createReadStream(path, options) {
    return pourable(nodesCreateReadStream(path, options));
  },

  /** @param {any} path @param {any} options @param {any} [callback] */
  stat: (path, options, callback) => many.stat.callback(path, options, callback),
  /** @param {any} path @param {any} options @param {any} [callback] */
  lstat: (path, options, callback) => many.lstat.callback(path, options, callback),

  /** @param {any[]} given */
  rm: (...given) => tree.rm.callback(...given),
  /** @param {any[]} given */
  rmSync: (...given) => tree.rm.sync(...given),
  /** @param {any[]} given */
  cp: (...given) => tree.cp.callback(...given),
  /** @param {any[]} given */
  cpSync: (...given) => tree.cp.sync(...given),
  /** @param {any[]} given */
  readdir: (...given) => tree.readdir.callback(...given),
  /** @param {any[]} given */
  readdirSync: (...given) => tree.readdir.sync(...given),

  watch,
};

const overlaid = overlay(fs, replacements);
Object.defineProperty(overlaid, 'promises', { value: promises, enumerable: true, configurable: true });

module.exports = overlaid;
