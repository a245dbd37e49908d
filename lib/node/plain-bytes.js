'use strict';

const { isUint8Array } = require('node:util').types;
const { lengthOf } = require('../internal/real-length');

/** Where an array's memory is; a property of its own may say another. @type {(array: Uint8Array) => ArrayBufferLike} */
const bufferOf = Function.prototype.call.bind(
  /** @type {any} */ (Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer')).get,
);

/**
 * Bytes that no other thread can change. A `Proxy` and an object with the prototype of an array are none, and neither is
 * what has no bytes: its memory may be gone, and copying from that throws.
 *
 * @param {unknown} value
 * @returns {value is Uint8Array}
 */
const isPlain = (value) => isUint8Array(value) && lengthOf(value) > 0 && bufferOf(value) instanceof ArrayBuffer;

module.exports = { isPlain };
