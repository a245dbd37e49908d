'use strict';

const { codeError } = require('./errors');

const ERR_INVALID_THIS = codeError(
  TypeError,
  'ERR_INVALID_THIS',
  (/** @type {string} */ name, /** @type {string} */ member) =>
    `Can only call ${name}.${member} on instances of ${name}`,
);

/**
 * Makes the methods and accessors of a class throw Bun's error where they are called on something else; V8 would
 * name a private field.
 *
 * @param {Function} Class
 * @param {string} name
 * @param {(value: unknown) => boolean} owns whether the value is an instance
 */
function brand(Class, name, owns) {
  const { prototype } = Class;
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member === 'constructor') continue;
    const own = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, member));
    for (const kind of /** @type {const} */ (['get', 'set', 'value'])) {
      const method = own[kind];
      if (typeof method === 'function') own[kind] = guarded(method, owns, name, member);
    }
    Object.defineProperty(prototype, member, { ...own, enumerable: true });
  }
}

/** @param {Function} method @param {(value: unknown) => boolean} owns @param {string} name @param {string} member */
function guarded(method, owns, name, member) {
  const wrapper = {
    /** @this {unknown} @param {any[]} given */
    [member](...given) {
      if (!owns(this)) throw ERR_INVALID_THIS(name, member);
      return Reflect.apply(method, this, given);
    },
  }[member];
  return Object.defineProperty(wrapper, 'length', { value: method.length, configurable: true });
}

module.exports = { brand };
