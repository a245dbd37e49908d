'use strict';

/** The program of a thread that `new Worker` started: makes the globals of a worker, then loads the worker's module. */

const { fileURLToPath } = require('node:url');
const threads = require('node:worker_threads');
const { dispatchEvent, watchListeners } = require('./global-events');

const { entry, preloads, control, workerData, execArgv, numbered } = threads.workerData;
const parent = /** @type {import('node:worker_threads').MessagePort} */ (threads.parentPort);

/** @type {any} */ (threads).workerData = workerData;
process.execArgv = execArgv;
Object.assign(process.env, numbered);
if (entry.startsWith('file:')) process.argv[1] = fileURLToPath(entry);

globalThis.postMessage = /** @type {any} */ (
  (/** @type {any} */ message, /** @type {any} */ transfer) =>
    parent.postMessage(message, Array.isArray(transfer) ? transfer : transfer?.transfer)
);

let attached = false;
watchListeners((count) => {
  if (count > 0 && !attached) {
    attached = true;
    parent.on('message', (data) => dispatchEvent(new MessageEvent('message', { data })));
    parent.on('messageerror', (data) => dispatchEvent(new MessageEvent('messageerror', { data })));
  }
  // Listening is what keeps the thread alive.
  if (count > 0) parent.ref();
  else if (attached) parent.unref();
});

process.on('uncaughtExceptionMonitor', (error) => {
  const { message } = error ?? {};
  const plain = typeof message === 'string' && message.startsWith('BuildMessage: ');
  control.postMessage(plain ? message : require('../bun/inspect')(error).trimEnd());
});
control.unref();

/** @param {string} specifier @returns {string} */
function missing(specifier) {
  const shown = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
  return `BuildMessage: ModuleNotFound resolving ${JSON.stringify(shown)} (entry point)`;
}

/** @returns {Promise<string>} */
async function sourceOfBlob() {
  const { source, name, revoked } = await new Promise((resolve) => {
    control.ref();
    control.once('message', resolve);
  });
  control.unref();
  if (source === null) throw new Error(revoked ? 'BuildMessage: Blob URL is missing' : missing(entry));
  const [, extension] = /\.[cm]?([jt]sx?)$/.exec(name) ?? [];
  const loader = /** @type {any} */ (extension ?? 'tsx');
  const code = new (require('../bun/transpiler'))({ loader }).transformSync(source);
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}

async function start() {
  for (const preload of preloads) await import(preload);
  if (entry.startsWith('blob:')) return import(await sourceOfBlob());
  if (entry.startsWith('file:')) {
    const { resolve } = require('../loader/resolve');
    const file = fileURLToPath(entry);
    const found = resolve(file, file, false);
    if (!found) throw new Error(missing(entry));
    if (found.kind === 'file') process.argv[1] = found.path;
  }
  return import(entry);
}

// What it throws is an uncaught error of the thread, whatever it is.
start().catch((error) => {
  setImmediate(() => {
    throw error;
  });
});
