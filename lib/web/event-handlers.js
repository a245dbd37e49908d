'use strict';

/**
 * `onmessage` and the like: a property for the one listener that a program sets this way.
 *
 * @see https://html.spec.whatwg.org/#event-handler-idl-attributes
 */

/** @typedef {{ handler: unknown, listener: ((event: Event) => void) | undefined }} Entry */

/** @type {WeakMap<object, Map<string, Entry>>} */
const entries = new WeakMap();

/**
 * @param {string} type of event
 * @param {(self: any) => EventTarget} [target] whose listener it is
 * @returns {PropertyDescriptor} to be put on a prototype, or on an object
 */
function handlerOf(type, target = (self) => self) {
  return {
    /** @this {object} */
    get() {
      return entries.get(this)?.get(type)?.handler ?? null;
    },
    /** @this {object} @param {unknown} value */
    set(value) {
      const all = entries.get(this) ?? new Map();
      entries.set(this, all);
      const before = all.get(type)?.listener;
      if (before) target(this).removeEventListener(type, before);
      const listener =
        typeof value === 'function' ? (/** @type {Event} */ event) => Reflect.apply(value, this, [event]) : undefined;
      all.set(type, { handler: listener || (typeof value === 'object' && value !== null) ? value : null, listener });
      if (listener) target(this).addEventListener(type, listener);
    },
    enumerable: true,
    configurable: true,
  };
}

/** @param {object} prototype @param {string[]} types */
function defineHandlers(prototype, types) {
  for (const type of types) Object.defineProperty(prototype, `on${type}`, handlerOf(type));
}

module.exports = { handlerOf, defineHandlers };
