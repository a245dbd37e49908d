'use strict';

const { isUint8Array } = require('node:util').types;

/** Where an array's memory is; a property of its own may say another. @type {(array: Uint8Array) => ArrayBufferLike} */
const bufferOf = Function.prototype.call.bind(
  /** @type {any} */ (Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer')).get,
);

/**
 * Bytes that no other thread can change. A `Proxy` and an object with the prototype of one are none.
 *
 * @param {unknown} value
 * @returns {value is Uint8Array}
 */
const isPlain = (value) => isUint8Array(value) && bufferOf(value) instanceof ArrayBuffer;

module.exports = { isPlain };
