'use strict';

/** Tells the watcher (`--watch`) which files the program loads, one a line. */

const fs = require('node:fs');

/** @type {number | undefined} */
let descriptor;
const told = new Set();

/** @param {number} fd a pipe to the watcher */
function reportTo(fd) {
  descriptor = fd;
}

/** @param {string} filename */
function report(filename) {
  if (descriptor === undefined || told.has(filename) || filename.includes('\n')) return;
  told.add(filename);
  try {
    fs.writeSync(descriptor, `${filename}\n`);
  } catch {
    descriptor = undefined; // nobody watches any more
  }
}

module.exports = { reportTo, report };
