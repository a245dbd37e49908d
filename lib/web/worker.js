'use strict';

/**
 * `Worker` as the Web has it, on Node's threads.
 *
 * @see https://bun.com/docs/runtime/workers
 */

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const threads = require('node:worker_threads');
const { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } = require('../internal/errors');
const { defineHandlers } = require('./event-handlers');
const { lookUp } = require('./object-url');

const program = require.resolve('./worker-program.js');
const preloadOfThreads = require.resolve('../cli/worker.js');
/** Megabytes of the young generation for `smol`. */
const SMALL = 8;

const handled = ['message', 'messageerror', 'error'];

/** @param {unknown} preload @returns {string[]} */
function preloadsOf(preload) {
  if (preload === undefined || preload === null) return [];
  const list = Array.isArray(preload) ? preload : [preload];
  if (list.some((each) => typeof each !== 'string' && !(each instanceof URL)))
    throw new Error('preload must be an array or string');
  return list.filter((each) => each !== '').map((each) => specifierOf(String(each)));
}

/** @param {string} text @returns {string} what the thread imports */
function specifierOf(text) {
  if (text.startsWith('file:') && !URL.canParse(text)) throw new TypeError(`Invalid file URL: ${JSON.stringify(text)}`);
  if (/^(?:file|data|blob|https?|node|bun):/.test(text)) return text;
  return pathToFileURL(path.resolve(text)).href;
}

/** @param {Record<string, unknown>} env @returns {Record<string, string>} */
const textOf = (env) => Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));

/** Those names that Node does not pass on: numbers. @param {any} env */
const numbered = (env) =>
  Object.fromEntries(Object.entries(textOf(env ?? {})).filter(([name]) => /^(?:0|[1-9]\d*)$/.test(name)));

/** Node's class: the command line puts one of its own over it. */
function threadClass() {
  const above = Object.getPrototypeOf(threads.Worker);
  return above.name === 'Worker' ? above : threads.Worker;
}

class Worker extends EventTarget {
  /** @type {import('node:worker_threads').Worker} */
  #thread;
  /** Over which the thread tells how an error reads, before it ends. @type {import('node:worker_threads').MessagePort} */
  #control;
  #terminated = false;
  #done = false;

  /** @param {string | URL} scriptURL @param {any} [options] */
  constructor(scriptURL, options) {
    super();
    if (arguments.length === 0) throw ERR_MISSING_ARGS('Not enough arguments');
    if (typeof scriptURL !== 'string' && !(scriptURL instanceof URL))
      throw ERR_INVALID_ARG_TYPE('filename', 'of type string or an instance of URL', scriptURL);
    const { preload, ref, name, env, argv, smol, execArgv, workerData, transferList = [], ...others } = options ?? {};
    const entry = specifierOf(String(scriptURL));
    const flags = Array.isArray(execArgv) ? execArgv.map(String) : process.execArgv;
    const { port1, port2 } = new threads.MessageChannel();
    this.#control = port1;
    port1.unref();
    this.#thread = new (threadClass())(program, {
      workerData: {
        entry,
        preloads: preloadsOf(preload),
        control: port2,
        workerData,
        execArgv: flags,
        numbered: typeof env === 'object' ? numbered(env) : {},
      },
      name: name === undefined ? undefined : String(name),
      env: typeof env === 'object' && env !== null ? textOf(env) : env,
      argv: Array.isArray(argv) ? argv.map(String) : undefined,
      execArgv: ['--require', preloadOfThreads],
      resourceLimits: others.resourceLimits ?? (smol ? { maxYoungGenerationSizeMb: SMALL } : undefined),
      stdin: others.stdin,
      stdout: others.stdout,
      stderr: others.stderr,
      transferList: [port2, ...transferList],
    });
    this.#listen();
    if (ref === false) this.#thread.unref();
    if (entry.startsWith('blob:')) this.#sendBlob(entry);
  }

  #listen() {
    this.#thread.on('message', (data) => this.dispatchEvent(new MessageEvent('message', { data })));
    this.#thread.on('messageerror', (data) => this.dispatchEvent(new MessageEvent('messageerror', { data })));
    this.#thread.on('online', () => this.dispatchEvent(new Event('open')));
    this.#thread.on('error', (error) => this.#report(error));
    this.#thread.on('exit', (code) => {
      this.#done = true;
      this.#control.close();
      const { CloseEvent } = /** @type {any} */ (globalThis);
      this.dispatchEvent(new CloseEvent('close', { code: this.#terminated ? 0 : code, wasClean: true }));
    });
  }

  /** @param {unknown} error that nobody caught in the thread */
  #report(error) {
    const told = threads.receiveMessageOnPort(this.#control)?.message;
    const message = told ?? (error instanceof Error ? error.message : String(error));
    this.dispatchEvent(new /** @type {any} */ (globalThis).ErrorEvent('error', { message, error: null }));
  }

  /** The source of a `blob:` URL, which the thread cannot look up. It may be revoked until the thread would. @param {string} url */
  #sendBlob(url) {
    if (!lookUp(url)) return this.#control.postMessage({ source: null });
    setImmediate(async () => {
      const found = lookUp(url);
      const source = found ? await found.blob.text() : null;
      this.#control.postMessage({ source, name: found?.name, revoked: !found });
    });
  }

  get threadId() {
    return this.#done ? -1 : this.#thread.threadId;
  }

  /** @param {any} message @param {any} [transfer] a list, or `{ transfer }` */
  postMessage(message, transfer = undefined) {
    if (arguments.length === 0) throw ERR_MISSING_ARGS('Not enough arguments');
    this.#thread.postMessage(message, Array.isArray(transfer) ? transfer : transfer?.transfer);
  }

  terminate() {
    this.#terminated = true;
    void this.#thread.terminate();
  }

  ref() {
    this.#thread.ref();
  }

  unref() {
    this.#thread.unref();
  }
}

for (const name of ['postMessage', 'terminate', 'ref', 'unref', 'threadId']) {
  Object.defineProperty(Worker.prototype, name, { enumerable: true });
}
defineHandlers(Worker.prototype, handled);
Object.defineProperty(Worker.prototype, Symbol.toStringTag, { value: 'Worker', configurable: true });

module.exports = { Worker };
