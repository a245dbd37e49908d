'use strict';

/**
 * What Bun adds to classes of the Web that Node has as the standard has them. All of it is loaded when it is used.
 *
 * @see https://bun.com/docs/runtime/web-apis
 */

const { defineLazy } = require('../internal/lazy');
const { isLookFree } = require('./node-classes');

const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };

function installExtensions() {
  numberImmediates();
  const { Blob } = require('node:buffer');
  addMethods(Blob.prototype, () => require('./blob-methods').methods, [
    'json',
    'formData',
    'exists',
    'stat',
    'write',
    'writer',
    'unlink',
    'delete',
    'image',
  ]);
  const { slice, arrayBuffer, text } = Blob.prototype;
  /** @type {Record<string, Function> | undefined} */
  let reads;
  for (const name of ['arrayBuffer', 'bytes', 'text'])
    defineLazy(Blob.prototype, {
      [name]: () => (reads ??= require('./blob-methods').readsOver({ arrayBuffer, text }))[name],
    });
  defineLazy(Blob.prototype, { slice: () => require('./blob-methods').sliceOver(slice) });
  for (const name of ['name', 'lastModified'])
    addAccessor(Blob.prototype, name, () => require('./blob-methods').facts[name]);
  receiveFiles();
  addMethods(URLSearchParams.prototype, () => require('./search-params'), ['toJSON']);
  addAccessor(URLSearchParams.prototype, 'length', () => ({
    /** @this {URLSearchParams} */
    get() {
      return this.size;
    },
  }));
  const { createObjectURL, revokeObjectURL } = URL;
  defineLazy(URL, {
    createObjectURL: () => require('./object-url').createOver(createObjectURL),
    revokeObjectURL: () => require('./object-url').revokeOver(revokeObjectURL),
  });
  addMethods(CustomEvent.prototype, () => require('./init-event').custom, ['initCustomEvent']);
  extendMessageEvent();
  for (const [name, value] of Object.entries(phases)) {
    if (!(name in Event.prototype)) Object.defineProperty(Event.prototype, name, { value, enumerable: true });
  }
}

let receives = false;

/** Lets this thread make files of what `BunFile`s were cloned to (`../bun/file-clone.js`), which any thread may post. */
function receiveFiles() {
  if (receives) return;
  receives = true;
  const { prototype } = require('node:buffer').Blob;
  const symbols = Object.getOwnPropertySymbols(prototype);
  const symbol = symbols.find((each) => each.description === 'messaging_deserialize_symbol');
  if (!symbol) return;
  const methods = /** @type {any} */ (prototype);
  const ofNode = methods[symbol];
  methods[symbol] = /** @this {any} @param {any} data */ function (data) {
    if (data.bunFile) return require('../bun/bun-file').BunFile.revive(this, data.bunFile);
    return Reflect.apply(ofNode, this, [data]);
  };
}

/**
 * Where looking at the class is free it is extended when it is loaded. That of newer Node makes another event; to mend
 * it is not worth loading the class at every start.
 */
function extendMessageEvent() {
  if (!isLookFree()) return;
  const own = Object.getOwnPropertyDescriptor(globalThis, 'MessageEvent');
  const load = () => {
    const Class = own?.get ? own.get.call(globalThis) : own?.value;
    defineLazy(Class.prototype, { initMessageEvent: () => require('./init-event').message.initMessageEvent });
    return Class;
  };
  defineLazy(globalThis, { MessageEvent: load }, { enumerable: false });
}

/** What `setImmediate` gives is a number for arithmetic, as a timer of Node's is already. */
function numberImmediates() {
  const immediate = setImmediate(() => {});
  clearImmediate(immediate);
  const prototype = Object.getPrototypeOf(immediate);
  if (Symbol.toPrimitive in prototype) return;
  /** @type {WeakMap<object, number>} */
  const numbers = new WeakMap();
  let last = 0;
  Object.defineProperty(prototype, Symbol.toPrimitive, {
    /** @this {object} */
    value() {
      const known = numbers.get(this) ?? ++last;
      numbers.set(this, known);
      return known;
    },
    writable: true,
    configurable: true,
  });
}

/** @param {object} prototype @param {() => any} load @param {string[]} names */
function addMethods(prototype, load, names) {
  const missing = names.filter((name) => !(name in prototype));
  defineLazy(prototype, Object.fromEntries(missing.map((name) => [name, () => load()[name]])));
}

/** @param {object} prototype @param {string} name @param {() => { get: () => unknown, set?: (value: any) => void }} load */
function addAccessor(prototype, name, load) {
  if (name in prototype) return;
  Object.defineProperty(prototype, name, {
    /** @this {unknown} */
    get() {
      return Reflect.apply(load().get, this, []);
    },
    /** @this {object} @param {unknown} value */
    set(value) {
      const { set } = load();
      if (set) Reflect.apply(set, this, [value]);
      else Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  });
}

module.exports = { installExtensions, receiveFiles };
