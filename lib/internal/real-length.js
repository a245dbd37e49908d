'use strict';

/**
 * The length that a `Uint8Array` really has: a subclass or a property of its own may say another, which the engine and
 * `TypedArray.prototype.set` do not ask. It is 0 when the memory was transferred away.
 *
 * @type {(array: Uint8Array) => number}
 */
const lengthOf = Function.prototype.call.bind(
  /** @type {any} */ (Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')).get,
);

module.exports = { lengthOf };
