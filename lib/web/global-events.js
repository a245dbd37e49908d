'use strict';

/**
 * `globalThis` as a target of events: `addEventListener`, `dispatchEvent`, `onmessage`, `onerror`. In a thread that
 * `new Worker` started, messages of the parent arrive here.
 *
 * @see https://html.spec.whatwg.org/#the-workerglobalscope-common-interface
 */

const target = new EventTarget();
/** Told how many listen to messages. @type {(count: number) => void} */
let onListeners = () => {};
/** What listens to messages. @type {Set<unknown>} */
const listening = new Set();

/** @param {string} type @param {any} listener @param {any} [options] */
function addEventListener(type, listener, options = undefined) {
  target.addEventListener(type, listener, options);
  if (type === 'message' && listener) count(() => listening.add(listener));
}

/** @param {string} type @param {any} listener @param {any} [options] */
function removeEventListener(type, listener, options = undefined) {
  target.removeEventListener(type, listener, options);
  if (type === 'message') count(() => listening.delete(listener));
}

/** @param {Event} event */
function dispatchEvent(event) {
  return target.dispatchEvent(event);
}

/** @param {() => void} change */
function count(change) {
  change();
  onListeners(listening.size);
}

/** @param {(count: number) => void} callback told how many listen to messages, now and later */
function watchListeners(callback) {
  onListeners = callback;
  callback(listening.size);
}

/**
 * To whoever started the thread, a worker of `node:worker_threads` too; for the main thread that is nobody.
 *
 * @param {unknown} message
 * @param {any} [transfer] a list, or `{ transfer }`
 */
function postMessage(message, transfer = undefined) {
  const { parentPort } = require('node:worker_threads');
  parentPort?.postMessage(message, Array.isArray(transfer) ? transfer : transfer?.transfer);
}

module.exports = { postMessage, addEventListener, removeEventListener, dispatchEvent, watchListeners };
