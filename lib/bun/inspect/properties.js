'use strict';

/**
 * Which properties of an object Bun prints, in which order.
 *
 * Bun walks an object and up to five prototypes below `Object.prototype`, methods and hidden
 * properties included. Objects without accessors and indices go a quick way that leaves out
 * `Symbol.toStringTag`; the others, and those where the quick way found nothing, a thorough one.
 */

const MOST_PROTOTYPES = 5;
const ends = new Set([Object.prototype, Function.prototype]);
const INDEX = /^(0|[1-9]\d{0,9})$/;

/**
 * @param {object} object
 * @param {boolean} [nonIndexed] only the own properties that are no indices, as for arrays
 * @returns {{ key: string | symbol, descriptor: PropertyDescriptor }[]}
 */
function properties(object, nonIndexed = false) {
  /** @type {{ key: string | symbol, descriptor: PropertyDescriptor }[]} */
  const found = [];
  const visited = new Set();
  let walked = 0;
  /** @type {any} */
  let from = object;
  let quick = !nonIndexed && isPlain(object);
  if (quick && Reflect.ownKeys(object).length === 0) {
    const prototype = Object.getPrototypeOf(object);
    if (prototype === null) return found;
    from = prototype;
    quick = isPlain(prototype);
    walked = 1;
  }
  while (quick) {
    const before = found.length;
    for (const key of Reflect.ownKeys(from)) {
      if (key === 'constructor' || key === '__proto__' || key === Symbol.toStringTag) continue;
      if ((from !== object && key === '__esModule') || visited.has(key)) continue;
      add(found, visited, key, Object.getOwnPropertyDescriptor(from, key));
    }
    if (found.length === before) break;
    const prototype = walked++ < MOST_PROTOTYPES ? Object.getPrototypeOf(from) : null;
    if (prototype === null || ends.has(prototype)) return found;
    from = prototype;
    quick = isPlain(from);
  }
  for (; from !== null && !ends.has(from) && walked++ < MOST_PROTOTYPES; from = Object.getPrototypeOf(from)) {
    for (const key of Reflect.ownKeys(from)) {
      if (key === 'constructor' || visited.has(key)) continue;
      if (nonIndexed && (key === 'length' || (typeof key === 'string' && isIndex(key)))) continue;
      const descriptor = Object.getOwnPropertyDescriptor(from, key);
      if (!descriptor?.enumerable && (key === '__proto__' || key === Symbol.toStringTag || key === '__esModule'))
        continue;
      add(found, visited, key, descriptor);
    }
    if (nonIndexed || typeof from === 'function' || from === globalThis) break;
  }
  return found;
}

/**
 * @param {{ key: string | symbol, descriptor: PropertyDescriptor }[]} found
 * @param {Set<string | symbol>} visited
 * @param {string | symbol} key
 * @param {PropertyDescriptor | undefined} descriptor
 */
function add(found, visited, key, descriptor) {
  if (descriptor === undefined) return;
  visited.add(key);
  found.push({ key, descriptor });
}

/** Whether an object has neither accessors nor indices nor an own `__proto__`. @param {object} object */
function isPlain(object) {
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === 'string' && (key === '__proto__' || isIndex(key))) return false;
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor !== undefined && !('value' in descriptor)) return false;
  }
  return true;
}

/** @param {string} key */
function isIndex(key) {
  return INDEX.test(key) && Number(key) < 2 ** 32 - 1;
}

/** A getter that throws has no value. @param {any} object @param {string | symbol} key @returns {any} */
function read(object, key) {
  try {
    return object?.[key];
  } catch {
    return undefined;
  }
}

module.exports = { properties, isIndex, read };
