'use strict';

const { native } = require('./native');

/** @type {any} */
let engine;

/** The native exports of files, with the functions for small ones beside them, which are registered by hand. */
function fileEngine() {
  if (engine === undefined) {
    const exports = native('bun-core', 'file');
    engine = { ...exports, ...exports.directFunctions() };
  }
  return engine;
}

module.exports = { fileEngine };
