'use strict';

/**
 * The process of one test file. It gets ready, waits on the channel (descriptor 3) for its job, runs
 * the file and tells the coordinator each step; the coordinator may start it before it has a job.
 */

const fs = require('node:fs');
const { writeAll } = require('./report');

const channel = 3;

/** @returns {any} the job, or undefined when the coordinator has none left */
function readJob() {
  const chunk = Buffer.alloc(65536);
  let text = '';
  while (!text.endsWith('\n')) {
    let read;
    try {
      read = fs.readSync(channel, chunk);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') return undefined;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      continue;
    }
    if (read === 0) return undefined;
    text += chunk.toString('latin1', 0, read);
  }
  return JSON.parse(Buffer.from(text, 'latin1').toString());
}

/** @param {object} event */
function tell(event) {
  writeAll(channel, `${JSON.stringify(event)}\n`);
}

// what every file needs, loaded while another file runs
require('../../polyfill').install();
require('../../loader');
require('../index');
const { runFile } = require('./run-file');

const job = readJob();
if (job) runFile(job, tell);
else process.exit(0);
