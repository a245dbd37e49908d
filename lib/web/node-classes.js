'use strict';

/**
 * Node's own `Request`, `Response` and `Headers`, and what joins them with ours: `instanceof`
 * holds both ways. Node loads them on first touch (15 ms), so nothing here touches them early.
 */

/** @typedef {'Request' | 'Response' | 'Headers'} Name */

/** The getters and values that `globalThis` had before the polyfill, by name. @type {Map<string, PropertyDescriptor>} */
const originals = new Map();
/** @type {Map<string, any>} */
const loaded = new Map();

/**
 * To be called before the polyfill replaces a global of Node's.
 *
 * A class that Node has not loaded by then is forgotten: only Node's `fetch` makes instances of it from then on, and to
 * load it costs the first `fetch` of a program 30 ms. Since Node 22 looking at the property is enough to load it.
 *
 * @param {string[]} names
 */
function remember(names) {
  const isKnown = isLoaded();
  for (const name of names) {
    if (originals.has(name) || loaded.has(name)) continue;
    if (!isKnown && name !== 'fetch') {
      loaded.set(name, undefined);
      continue;
    }
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor) originals.set(name, descriptor);
  }
}

/** Whether Node has loaded undici, which has its classes of `fetch`. */
const isLoaded = () =>
  /** @type {any} */ (process).moduleLoadList?.includes('NativeModule internal/deps/undici/undici') ?? true;

/** Whether looking at a global of undici's (a class of `fetch`, `MessageEvent`) does not load all of it, 60 ms. */
const isLookFree = () => Number(process.versions.node.split('.')[0]) < 22 || isLoaded();

/** Node's class or function, loaded; `undefined` for what was forgotten. @param {string} name @returns {any} */
function nodes(name) {
  if (loaded.has(name)) return loaded.get(name);
  const current = Object.getOwnPropertyDescriptor(globalThis, name);
  const descriptor = originals.get(name) ?? current;
  const value = descriptor?.get ? descriptor.get.call(globalThis) : descriptor?.value;
  // Node's getter puts what it loaded on globalThis, over what is there.
  if (current) Object.defineProperty(globalThis, name, current);
  loaded.set(name, value);
  return value;
}

/** A getter or method of each class that throws on what only looks like an instance: a proxy, a bare prototype. */
const PROBES = { Request: 'method', Response: 'status', Headers: 'has' };

/** Whether a value can be read as an instance of Node's class. @param {Name} name @param {any} value */
function isGenuine(name, value) {
  try {
    if (value?.[Symbol.toStringTag] !== name) return false; // without the price of a probe that throws
    const Class = nodes(name) ?? value.constructor;
    const probe = Object.getOwnPropertyDescriptor(Class.prototype, PROBES[name]);
    Reflect.apply(/** @type {any} */ (probe?.get ?? probe?.value), value, ['x']);
    return isNodes(name, value);
  } catch {
    return false;
  }
}

/**
 * Whether a value is an instance of Node's class. When Node has not loaded its classes there is no instance.
 *
 * @param {Name} name
 * @param {any} value
 */
function isNodes(name, value) {
  if (typeof value !== 'object' || value === null) return false;
  if (value[Symbol.toStringTag] !== name) return false;
  const Class = nodes(name);
  if (Class === undefined)
    return value.constructor?.name === name && Object.hasOwn(value.constructor.prototype, Symbol.toStringTag);
  return Function.prototype[Symbol.hasInstance].call(Class, value);
}

/**
 * Makes `ours instanceof NodesClass` true.
 *
 * @param {Name} name
 * @param {(value: unknown) => boolean} isOurs
 */
function join(name, isOurs) {
  const Class = nodes(name);
  if (typeof Class !== 'function' || Object.hasOwn(Class, Symbol.hasInstance)) return;
  Object.defineProperty(Class, Symbol.hasInstance, {
    configurable: true,
    /** @this {unknown} @param {unknown} value */
    value(value) {
      return Function.prototype[Symbol.hasInstance].call(this, value) || (this === Class && isOurs(value));
    },
  });
}

module.exports = { remember, isLookFree, nodes, isNodes, isGenuine, join };
