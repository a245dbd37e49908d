'use strict';

/** How a server looks: its members are listed, and its prototype can be looked at, too. */

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * @param {any} prototype of servers
 * @param {(value: object) => boolean} isServer not for the prototype, nor for what was made from a server
 */
function setLook(prototype, isServer) {
  const members = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(
    ([name]) => name !== 'constructor',
  );
  for (const [name, property] of members) {
    const { get } = property;
    if (get !== undefined) property.get = guarded(name, get);
    Object.defineProperty(prototype, name, { ...property, enumerable: true });
  }
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  Object.defineProperty(prototype[Symbol.dispose], 'name', { value: 'dispose' });
  Object.defineProperty(prototype, INSPECT, { value: shown, writable: true, configurable: true });

  /** A getter that says what it is of. @param {string} name @param {() => unknown} get */
  function guarded(name, get) {
    /** @this {any} */
    return function () {
      if (isServer(this)) return get.call(this);
      const tag = prototype[Symbol.toStringTag];
      throw new TypeError(`The ${tag}.${name} getter can only be used on instances of ${tag}`);
    };
  }

  /** @this {any} @returns {object} what is shown in its place, by Node as by Bun */
  function shown() {
    const tag = this[Symbol.toStringTag];
    const Shown = { [tag]: class {} }[tag];
    const look = /** @type {any} */ (new Shown());
    for (const [name, { get }] of members) look[name] = get === undefined || isServer(this) ? this[name] : undefined;
    look[Symbol.dispose] = this[Symbol.dispose];
    return look;
  }
}

module.exports = { setLook };
