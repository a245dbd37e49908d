'use strict';

/**
 * Which thread this is. `node:worker_threads` takes as long to load as the rest of the polyfill and the main thread
 * needs none of it; in a worker Node has loaded it before any program.
 */

const WORKER_THREADS = 'NativeModule worker_threads';

/** @returns {boolean} whether this is the program's main thread */
function isMainThread() {
  const loaded = /** @type {string[] | undefined} */ (/** @type {any} */ (process).moduleLoadList);
  return (loaded !== undefined && !loaded.includes(WORKER_THREADS)) || require('node:worker_threads').isMainThread;
}

/**
 * Whether this is Node's own thread for module hooks (Node < 22.15). What `--require` names runs there
 * too; no program does, so there is nothing to install.
 *
 * @returns {boolean}
 */
function isHooksThread() {
  if (isMainThread()) return false;
  const { parentPort, isInternalThread } = /** @type {any} */ (require('node:worker_threads'));
  return isInternalThread ?? parentPort === null;
}

module.exports = { isHooksThread, isMainThread };
