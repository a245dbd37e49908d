'use strict';

/**
 * The seam of `mock.module`.
 *
 * `mockModule(specifier, referrer, factory)` makes later imports and requires of the module give
 * the factory's exports, and writes them into modules that are already loaded: `require`d ones
 * through `require.cache`, ECMAScript modules through the setters that the transpiler gives every
 * module when the loader is installed with `mockable: true`. Facades (CommonJS, data files, and then
 * Node's own modules too, as seen from ES modules) hand out setters as well. Node's own modules stay
 * as they are: this library and the test runner use them.
 */

const Module = /** @type {any} */ (require('node:module'));
const { resolve, urlOf, pathOf } = require('./resolve');
const { namesOf } = require('./load');
const engine = require('./engine');

/** @type {Map<string, any>} file or module name -> the exports that stand in */
const mocks = new Map();
/** @type {Map<string, { own: Record<string, (value: unknown) => void>, from: Record<string, [string, string]>, all: string[] }>} */
const loaded = new Map();

/** @param {string} url @param {any} own @param {any} from @param {string[]} all */
function register(url, own, from, all) {
  loaded.set(url, { own, from, all });
}

/** @param {string} id @returns {any} the exports that stand in for a module */
function mocked(id) {
  return mocks.size ? mocks.get(id) : undefined;
}

/**
 * @param {string} specifier
 * @param {string | undefined} referrer path of the file that calls; found on the stack when not given
 * @param {() => any} factory gives the exports, or a promise of them
 * @returns {void | Promise<void>}
 */
function mockModule(specifier, referrer, factory) {
  const target = identify(specifier, referrer ?? require('./caller').callerFile());
  const exports = factory();
  if (typeof exports?.then === 'function') return exports.then((/** @type {any} */ given) => apply(target, given));
  return apply(target, exports);
}

/** @param {string} specifier @param {string | undefined} referrer */
function identify(specifier, referrer) {
  const found = resolve(specifier, pathOf(referrer), false);
  if (!found) return { id: specifier, kind: 'virtual' };
  return found.kind === 'file' ? { id: found.path, kind: 'file' } : { id: found.name, kind: found.kind };
}

/** @param {{ id: string, kind: string }} target @param {any} exports */
function apply({ id, kind }, exports) {
  mocks.set(id, exports);
  const names = [...new Set([...namesOf(exports), ...(exports && 'default' in Object(exports) ? ['default'] : [])])];
  engine.binding().setModuleSource(mockKey(id), JSON.stringify(names));
  if (kind === 'file') {
    const cached = Module._cache[id];
    if (cached) cached.exports = exports;
  }
  for (const url of loaded.keys()) {
    if (url.startsWith('file:') ? pathOf(url) === id : url === `dx-compat:${id}` || url === `dx-compat:mock:${id}`)
      write(url, exports, names);
  }
}

/** @param {string} url @param {any} exports @param {string[]} names */
function write(url, exports, names) {
  for (const name of names) set(url, name, exports[name], new Set());
}

/** @param {string} url @param {string} name @param {unknown} value @param {Set<string>} seen @returns {boolean} */
function set(url, name, value, seen) {
  const module = loaded.get(url);
  if (!module || seen.has(url)) return false;
  seen.add(url);
  if (Object.hasOwn(module.own, name)) {
    module.own[name](value);
    return true;
  }
  const referrer = pathOf(url);
  if (Object.hasOwn(module.from, name)) {
    const [specifier, there] = module.from[name];
    return follow(specifier, referrer, there, value, seen);
  }
  return name !== 'default' && module.all.some((specifier) => follow(specifier, referrer, name, value, seen));
}

/** @param {string} specifier @param {string} referrer @param {string} name @param {unknown} value @param {Set<string>} seen */
function follow(specifier, referrer, name, value, seen) {
  const found = resolve(specifier, referrer, false);
  return found?.kind === 'file' && set(urlOf(found), name, value, seen);
}

/**
 * Writes one export of a loaded ECMAScript module, found by its namespace object, for `spyOn`.
 *
 * @param {any} namespace
 * @param {string} name
 * @param {unknown} value
 * @returns {boolean} whether it was written; not when no module or more than one looks like the namespace
 */
function replaceExport(namespace, name, value) {
  const names = Object.keys(namespace).sort().join();
  const urls = [...loaded].filter(([, { own, from, all }]) => {
    const shown = [...Object.keys(own), ...Object.keys(from)].sort().join();
    return all.length === 0 && shown === names;
  });
  return urls.length === 1 && set(urls[0][0], name, value, new Set()) && namespace[name] === value;
}

/** Where the names of a mock are kept, for the hooks thread. @param {string} id */
function mockKey(id) {
  return `dx-compat:mock:${id}`;
}

module.exports = { register, mocked, mockModule, replaceExport, mockKey };
