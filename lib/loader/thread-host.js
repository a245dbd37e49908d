'use strict';

/**
 * The main thread's side of the hooks thread (Node < 22.15): starts it and runs the CommonJS modules
 * whose names it needs.
 */

const Module = /** @type {any} */ (require('node:module'));
const { MessageChannel, threadId } = require('node:worker_threads');
const { pathToFileURL } = require('node:url');
const { exportedNames } = require('./exported-names');

const runtime = 'globalThis[globalThis.Symbol.for("dx-compat.loader")]';

/** @type {Map<string, unknown>} CommonJS module -> what it threw when its names were asked for */
const failures = new Map();

/** @param {import('./index').LoaderOptions} options */
function start(options) {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', ({ question, ...about }) => port1.postMessage({ question, answer: answerTo(about) }));
  port1.unref();
  require('./stand-ins').belongTo(threadId);
  const data = { options, main: require('./main').get(), thread: threadId, port: port2 };
  Module.register(pathToFileURL(`${__dirname}/esm-thread.mjs`), { data, transferList: [port2] });
  require('./messages').adoptOnSight();
}

/** @param {{ filename?: string, known?: string, blob?: string }} about */
function answerTo({ filename, known, blob }) {
  if (known) return require('../web/object-url').lookUp(known) !== undefined;
  return blob ? tryBlob(blob) : tryNames(/** @type {string} */ (filename));
}

/** @param {string} filename @returns {string[]} */
function tryNames(filename) {
  failures.delete(filename);
  try {
    return exportedNames(filename);
  } catch (error) {
    failures.set(filename, error);
    return []; // the facade, which comes next, throws it
  }
}

/**
 * The code of a `blob:` URL; one that does not parse throws what there is to say.
 *
 * @param {string} url
 * @returns {import('./blob-module').BlobModule | undefined}
 */
function tryBlob(url) {
  try {
    return require('./blob-module').blobModule(url);
  } catch (error) {
    failures.set(url, error);
    return { code: `${runtime}.load(${JSON.stringify(url)})` };
  }
}

/** What a module threw a moment ago: it is not run again for its facade. @param {string} filename */
function rethrow(filename) {
  if (!failures.has(filename)) return;
  const error = failures.get(filename);
  failures.delete(filename);
  throw error;
}

module.exports = { start, rethrow };
