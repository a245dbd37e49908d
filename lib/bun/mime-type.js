'use strict';

/**
 * MIME types as `Bun.file` gives them.
 */

const OCTETS = 'application/octet-stream';
const UTF8 = ';charset=utf-8';
/** Types that Bun spells otherwise than they were given. */
const respelled = {
  __proto__: null,
  'application/javascript': `text/javascript${UTF8}`,
  'application/json': `application/json${UTF8}`,
  'application/x-www-form-urlencoded': 'application/x-www-form-urlencoded;charset=UTF-8',
  'text/css': `text/css${UTF8}`,
  'text/html': `text/html${UTF8}`,
  'text/javascript': `text/javascript${UTF8}`,
  'text/jsx': `text/javascript${UTF8}`,
  'text/plain': `text/plain${UTF8}`,
};

/** @type {Map<string, string> | undefined} */
let byExtension;
/** @type {Set<string> | undefined} */
let known;

/**
 * The type that a path's extension stands for.
 *
 * @param {string} path
 * @returns {string} `application/octet-stream` when the extension is unknown
 */
function typeOfPath(path) {
  return typeOfExtension(path) ?? OCTETS;
}

/** @param {string} path @returns {string | undefined} undefined when there is no extension or it is unknown */
function typeOfExtension(path) {
  const dot = path.lastIndexOf('.');
  if (dot < 1 || path[dot - 1] === '/' || path.indexOf('/', dot) !== -1) return undefined;
  byExtension ??= readTable();
  return byExtension.get(path.slice(dot + 1).toLowerCase());
}

/** A type as Bun spells it. @param {any} type @returns {string} */
function respell(type) {
  return /** @type {any} */ (respelled)[type] ?? type;
}

/** @param {string} type @returns {boolean} whether it is one of a file */
function isKnown(type) {
  byExtension ??= readTable();
  known ??= new Set([OCTETS, ...Object.values(/** @type {any} */ (respelled)), ...byExtension.values()]);
  return /** @type {Set<string>} */ (known).has(type);
}

function readTable() {
  const table = new Map();
  for (const [type, extensions] of Object.entries(require('./mime-table'))) {
    for (const extension of extensions.split(' ')) table.set(extension, type);
  }
  return table;
}

/**
 * A type that was given by hand, in Bun's spelling.
 *
 * @param {unknown} type
 * @returns {string | undefined} undefined when it is none: no string, empty, or not ASCII
 */
function typeOfOption(type) {
  if (typeof type !== 'string' || type === '' || !/^[\x20-\x7e]*$/.test(type)) return undefined;
  const spelled = respell(type);
  return spelled === type ? type.toLowerCase() : spelled;
}

module.exports = { typeOfPath, typeOfExtension, typeOfOption, respell, isKnown };
