'use strict';

/** Object URLs remember the names of files, which Node's do not: the extension says in which language a module is written. */

const { resolveObjectURL } = require('node:buffer');

/** @type {Map<string, string>} */
const names = new Map();

/** @param {typeof URL.createObjectURL} createObjectURL Node's */
const createOver = (createObjectURL) =>
  /** @this {unknown} @param {Blob} blob */
  function (blob) {
    const url = Reflect.apply(createObjectURL, this, arguments);
    const { name } = /** @type {any} */ (blob);
    if (typeof name === 'string') names.set(url, name);
    return url;
  };

/** @param {typeof URL.revokeObjectURL} revokeObjectURL Node's */
const revokeOver = (revokeObjectURL) =>
  /** @this {unknown} @param {string} url */
  function (url) {
    names.delete(url);
    return Reflect.apply(revokeObjectURL, this, arguments);
  };

/** @param {string} url @returns {{ blob: Blob, name: string } | undefined} */
function lookUp(url) {
  const blob = resolveObjectURL(url);
  return blob && { blob: /** @type {any} */ (blob), name: names.get(url) ?? '' };
}

module.exports = { createOver, revokeOver, lookUp };
