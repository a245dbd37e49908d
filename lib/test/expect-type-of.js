'use strict';

/**
 * `expectTypeOf`: assertions that only the type checker looks at; at run time everything it gives can
 * be called and read further.
 *
 * @see https://bun.com/docs/test/writing-tests#type-testing
 */

/** @type {any} */
const anything = new Proxy(function expectTypeOf() {}, {
  get: (target, key) =>
    key === Symbol.toPrimitive || key === 'then' ? undefined : key in target ? Reflect.get(target, key) : anything,
  apply: () => anything,
});

module.exports = anything;
