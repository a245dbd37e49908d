'use strict';

/**
 * Whether this is Node's own thread for module hooks (Node < 22.15). What `--require` names runs there
 * too; no program does, so there is nothing to install.
 *
 * @returns {boolean}
 */
function isHooksThread() {
  const { isMainThread, parentPort, isInternalThread } = /** @type {any} */ (require('node:worker_threads'));
  return isInternalThread ?? (!isMainThread && parentPort === null);
}

module.exports = { isHooksThread };
