'use strict';

/** The first module of a worker thread that a program under the command line starts. */

const { getEnvironmentData } = require('node:worker_threads');
const { isHooksThread } = require('../internal/thread');
const { inherit, key } = require('./workers');

if (!isHooksThread()) {
  const options = /** @type {import('../loader').LoaderOptions} */ (/** @type {unknown} */ (getEnvironmentData(key)));
  require('../polyfill').install();
  require('./process-face').install(process.execArgv);
  require('../loader').install(options);
  inherit(options);
}
