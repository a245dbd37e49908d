'use strict';

/**
 * What a macro gives, as source text on one line.
 *
 * @see bun-types/docs/bundler/macros.mdx "Serializability"
 */

/**
 * @param {any} value
 * @returns {Promise<string>}
 * @throws {TypeError} when it cannot stand in a source
 */
async function literal(value) {
  if (value instanceof Response) return body(await value.blob(), value.headers.get('content-type') || 'text/plain');
  if (value instanceof Blob) return body(value, value.type);
  return written(value, new Set());
}

/** @param {Blob} blob @param {string} type */
async function body(blob, type) {
  if (/^application\/json\b/.test(type)) return written(JSON.parse(await blob.text()), new Set());
  if (/^text\//.test(type)) return quoted(await blob.text());
  const base64 = Buffer.from(await blob.arrayBuffer()).toString('base64');
  return quoted(`data:${type};base64,${base64}`);
}

/** @param {any} value @param {Set<object>} around @returns {string} */
function written(value, around) {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return value < 0 || Object.is(value, -0) ? `(${number(value)})` : number(value);
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (value instanceof RegExp) return quoted(String(value));
  if (!isWritable(value) || around.has(value)) throw new TypeError(refusal(value));
  around.add(value);
  const text = Array.isArray(value)
    ? `[${value.map((item) => written(item, around)).join(',')}]`
    : `({${Object.entries(value)
        .map(([key, item]) => `${name(key)}:${written(item, around)}`)
        .join(',')}})`;
  around.delete(value);
  return text;
}

/** @param {number} value */
function number(value) {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Arrays and objects whose own properties are all there is to them. @param {any} value */
function isWritable(value) {
  if (typeof value !== 'object') return false;
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]';
}

/** @param {any} value */
function refusal(value) {
  const kind = typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  return `cannot coerce ${kind[0].toUpperCase()}${kind.slice(1)} to Bun's AST. Please return a simpler type`;
}

/** @param {string} key */
function name(key) {
  return key === '__proto__' ? '["__proto__"]' : quoted(key);
}

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

module.exports = { literal };
