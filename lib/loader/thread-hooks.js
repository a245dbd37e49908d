'use strict';

/**
 * The hooks as the hooks thread of Node < 22.15 calls them.
 *
 * CommonJS modules run on the main thread, so this thread asks there for the names that running one
 * shows (`thread-host.js`). The main thread never waits for it while it loads: `require` of an ES module
 * loads by itself (`require-linked.js`).
 */

const engine = require('./engine');
const {
  route,
  blobAt,
  nameOf,
  withNames,
  sourceAt,
  blobSource,
  fileSource,
  moduleAt,
  moduleSource,
  wasRequested,
  scheme,
} = require('./hooks');
const { commonJsFacade } = require('./load');

/** @type {import('node:worker_threads').MessagePort} */
let port;
/** @type {Map<number, (answer: any) => void>} */
const asked = new Map();
let questions = 0;

/** @param {{ options: import('./index').LoaderOptions, main: string, thread: number, port: import('node:worker_threads').MessagePort }} data */
function initialize(data) {
  engine.configure(data.options);
  require('./main').set(data.main);
  require('./stand-ins').belongTo(data.thread);
  ({ port } = data);
  // It keeps this thread's loop alive: Node takes a drained one for hooks that never come back.
  port.on('message', ({ question, answer }) => {
    asked.get(question)?.(answer);
    asked.delete(question);
  });
}

/** @param {string} specifier @param {any} context @param {Function} next */
function resolve(specifier, context, next) {
  const work = (/** @type {() => any} */ find) => withNames(orMissing(find, specifier, context), specifier, context);
  // Only the thread that made a blob knows it.
  if (specifier.startsWith('blob:'))
    return ask({ known: specifier }).then((isKnown) => work(() => blobAt(specifier, context, isKnown)));
  return work(() => route(specifier, context, () => next(specifier, context)));
}

/** @param {string} url @param {any} context @param {Function} next */
function load(url, context, next) {
  if (url.startsWith('blob:')) return ask({ blob: url }).then((found) => blobSource(url, found));
  return sourceAt(url) ?? fileSource(url, unnamed) ?? next(url, context);
}

/** @param {string} filename */
function unnamed(filename) {
  // Nobody asks the entry for names, and Node must not load it before it is known to be the entry.
  if (require('./main').get() === filename) return moduleSource(commonJsFacade(filename, []));
  return ask({ filename }).then((names) => moduleSource(commonJsFacade(filename, names)));
}

/** @param {{ filename: string } | { known: string } | { blob: string }} about @returns {Promise<any>} names of exports, whether there is such a blob, or its code */
function ask(about) {
  const question = ++questions;
  return new Promise((resolve) => {
    asked.set(question, resolve);
    port.postMessage({ question, ...about });
  });
}

/**
 * A dynamic import whose module is not found gets a module that throws the error on the main thread.
 *
 * @param {() => any} find
 * @param {string} specifier
 * @param {any} context
 */
function orMissing(find, specifier, context) {
  try {
    return find();
  } catch (error) {
    const importer = nameOf(context.parentURL);
    if (/** @type {any} */ (error)?.name !== 'ResolveMessage' || wasRequested(importer, specifier) !== false)
      throw error;
    return moduleAt(`${scheme}missing:${encodeURIComponent(JSON.stringify([specifier, importer]))}`);
  }
}

module.exports = { initialize, resolve, load };
