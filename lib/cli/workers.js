'use strict';

/**
 * Worker threads of the program are runtimes for Bun code too. Node gives a worker its own globals
 * and module hooks, so each starts with `worker.js`, and with the options of the main thread.
 */

const threads = require('node:worker_threads');

const preload = require.resolve('./worker.js');
const key = 'dx-compat.loader';

/** @param {import('../loader').LoaderOptions} options of the loader */
function inherit(options) {
  threads.setEnvironmentData(key, options);
  const { Worker: NodeWorker } = threads;
  class Worker extends NodeWorker {
    /** @param {string | URL} filename @param {import('node:worker_threads').WorkerOptions} [options] */
    constructor(filename, options) {
      const execArgv = Array.isArray(options?.execArgv) ? options.execArgv : [];
      super(filename, { ...options, execArgv: ['--require', preload, ...execArgv] });
    }
  }
  Object.defineProperty(threads, 'Worker', { value: Worker, writable: true, enumerable: true, configurable: true });
  require('node:module').syncBuiltinESMExports();
}

module.exports = { inherit, key };
