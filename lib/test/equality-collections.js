'use strict';

/** Deep equality of collections; `equal` compares what is in them. */

/** @typedef {(a: unknown, b: unknown) => boolean} Equal */

/** @param {Map<unknown, unknown>} a @param {Map<unknown, unknown>} b @param {Equal} equal */
function mapsEqual(a, b, equal) {
  if (a.size !== b.size) return false;
  const left = [...b];
  for (const [key, value] of a) {
    if (b.has(key) && equal(value, b.get(key))) continue;
    const at = left.findIndex(([otherKey, otherValue]) => equal(key, otherKey) && equal(value, otherValue));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

/** @param {Set<unknown>} a @param {Set<unknown>} b @param {Equal} equal */
function setsEqual(a, b, equal) {
  if (a.size !== b.size) return false;
  const left = [...b].filter((item) => !a.has(item));
  for (const item of a) {
    if (b.has(item)) continue;
    const at = left.findIndex((other) => equal(item, other));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

/**
 * Typed arrays and buffers. Strictly their bytes count, loosely their numbers (so that 0 is -0, and
 * NaN nothing).
 *
 * @param {any} a
 * @param {any} b
 * @param {boolean} strict
 */
function bytesEqual(a, b, strict) {
  const views = [a, b].map((value) => (ArrayBuffer.isView(value) ? value : new Uint8Array(value)));
  const [x, y] = /** @type {[Uint8Array, Uint8Array]} */ (views);
  if (kind(a) !== kind(b) || x.length !== y.length) return false;
  const floats = a instanceof Float32Array || a instanceof Float64Array;
  if (floats && !strict) return x.every((value, i) => value === y[i]);
  return (
    Buffer.compare(
      new Uint8Array(x.buffer, x.byteOffset, x.byteLength),
      new Uint8Array(y.buffer, y.byteOffset, y.byteLength),
    ) === 0
  );
}

/** `Buffer` is a `Uint8Array`. @param {any} value */
const kind = (value) => (value instanceof Uint8Array ? 'Uint8Array' : Object.prototype.toString.call(value));

module.exports = { mapsEqual, setsEqual, bytesEqual };
