'use strict';

/**
 * `fs.watch` of whole trees on Linux, where Node watches each directory (before Node 26 each file as well) with an object
 * of its own: here an engine does, on one inotify instance, and tells what Node's would. All other calls are Node's.
 */

const { AsyncResource } = require('node:async_hooks');
const EventEmitter = require('node:events');
const fs = require('node:fs');
const { resolve } = require('node:path');
const { native } = require('../internal/native');

const { watch: nodesWatch } = fs;
const { watch: nodesPromised } = fs.promises;

/** What may be asked for here; any other option that is set goes to Node. */
const OPTIONS = new Map(
  Object.entries({
    recursive: (/** @type {unknown} */ value) => value === true,
    persistent: (/** @type {unknown} */ value) => typeof value === 'boolean',
    encoding: (/** @type {any} */ value) => value === 'buffer' || Buffer.isEncoding(value),
    signal: (/** @type {unknown} */ value) => value instanceof AbortSignal,
    throwIfNoEntry: (/** @type {unknown} */ value) => value === true,
  }),
);

/** @type {any} */
let engine;
/** @type {Map<number, FSWatcher>} */
const watchers = new Map();
let reasons = 0;

/** One more or one fewer tree for which the program goes on. @param {1 | -1} change */
function hold(change) {
  const before = reasons;
  reasons += change;
  if (before === 0 || reasons === 0) engine.holdTrees(reasons > 0);
}

class FSWatcher extends EventEmitter {
  #resource = new AsyncResource('FSEVENTWRAP', { requireManualDestroy: true });
  #tree;
  #signal;
  #holds = false;
  #closed = false;

  /** @param {number} tree @param {boolean} persistent @param {AbortSignal} [signal] */
  constructor(tree, persistent, signal) {
    super();
    this.#tree = tree;
    this.#signal = signal;
    watchers.set(tree, this);
    if (persistent) this.ref();
  }

  /** @param {FSWatcher} watcher @param {boolean} isContent @param {string | Error} what */
  static tell(watcher, isContent, what) {
    const event = typeof what === 'string' ? ['change', isContent ? 'change' : 'rename', what] : ['error', what];
    watcher.#resource.runInAsyncScope(() => watcher.emit(.../** @type {[string, any]} */ (event)));
  }

  close() {
    if (this.#closed) return;
    this.unref();
    this.#closed = true;
    watchers.delete(this.#tree);
    engine.removeTree(this.#tree);
    this.#resource.emitDestroy();
    this.emit('close');
  }

  ref() {
    if (this.#closed || this.#holds) return;
    this.#holds = true;
    hold(1);
  }

  unref() {
    if (this.#closed || !this.#holds) return;
    this.#holds = false;
    hold(-1);
  }

  [Symbol.asyncIterator]() {
    return {
      next: () => (this.#closed ? { __proto__: null, done: true } : this.#next()),
      return: () => {
        this.close();
        return { __proto__: null, done: true };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #next() {
    const signal = this.#signal;
    return new Promise((give, reject) => {
      const abort = () => {
        this.close();
        reject(aborted(signal?.reason));
      };
      if (signal?.aborted) return abort();
      const listening = signal && EventEmitter.addAbortListener(signal, abort);
      this.once('change', (eventType, filename) => {
        listening?.[Symbol.dispose]();
        give({ __proto__: null, value: { eventType, filename } });
      });
    });
  }
}

/** @param {unknown} cause */
function aborted(cause) {
  const error = new Error('The operation was aborted', { cause });
  error.name = 'AbortError';
  return Object.assign(error, { code: 'ABORT_ERR' });
}

/**
 * Watches a tree if that is what is asked for.
 *
 * @param {unknown} filename
 * @param {any} options
 * @returns {FSWatcher | undefined} undefined for what is Node's to do or to refuse
 */
function treeOf(filename, options) {
  if (process.platform !== 'linux' || options === null || typeof options !== 'object') return undefined;
  if (options.recursive !== true || typeof filename !== 'string' || filename === '' || filename.includes('\0'))
    return undefined;
  const own = { __proto__: null, ...options };
  for (const name of Object.keys(own)) if (own[name] !== undefined && !OPTIONS.get(name)?.(own[name])) return undefined;
  try {
    if (!fs.statSync(filename).isDirectory()) return undefined;
    if (!engine) {
      const found = native('node-core', 'watch');
      found.watchTrees((/** @type {number} */ tree, /** @type {boolean} */ isContent, /** @type {any} */ what) => {
        const watcher = watchers.get(tree);
        if (watcher) FSWatcher.tell(watcher, isContent, what);
      });
      engine = found;
    }
    return new FSWatcher(engine.addTree(resolve(filename)), own.persistent ?? true, own.signal);
  } catch {
    return undefined; // Node says why
  }
}

/** @param {any} filename @param {any} options @param {any} listener */
function watch(filename, options, listener) {
  const watcher = !listener || typeof listener === 'function' ? treeOf(filename, options) : undefined;
  if (!watcher) return nodesWatch(filename, options, listener);
  if (listener) watcher.addListener('change', listener);
  const { signal } = options;
  if (signal?.aborted) process.nextTick(() => watcher.close());
  else if (signal) {
    const listening = EventEmitter.addAbortListener(signal, () => watcher.close());
    watcher.once('close', () => listening[Symbol.dispose]());
  }
  return watcher;
}

/** @param {any} filename @param {any} [options] */
async function* watchPromised(filename, options) {
  const watcher = options?.signal?.aborted ? undefined : treeOf(filename, options);
  yield* /** @type {AsyncIterable<any>} */ (watcher ?? nodesPromised(filename, options));
}
Object.defineProperty(watchPromised, 'name', { value: nodesPromised.name });

module.exports = { watch, watchPromised };
