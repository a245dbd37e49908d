'use strict';

/**
 * `structuredClone`: Node's, which copies text and numbers through its serializer, without that where there is nothing to copy.
 *
 * @see https://html.spec.whatwg.org/#dom-structuredclone
 */

const { cloneHere } = require('../bun/file-clone');

/** @param {typeof globalThis.structuredClone} ofNode */
const structuredCloneOver = (ofNode) =>
  /**
   * @param {unknown} value
   * @param {{ transfer?: any[] }} [options]
   * @throws {DOMException} `DataCloneError`
   */
  function structuredClone(value, options) {
    if (arguments.length === 0) throw new TypeError('structuredClone requires 1 argument');
    if (options === undefined && isImmutable(value)) return value;
    return cloneHere(() => ofNode(value, options));
  };

/** @param {unknown} value */
function isImmutable(value) {
  return typeof value === 'object' ? value === null : typeof value !== 'symbol' && typeof value !== 'function';
}

module.exports = { structuredCloneOver };
