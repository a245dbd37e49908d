'use strict';

/**
 * What stands in `${…}` of a shell's template.
 *
 * A value stays a value: the engine gets it beside the script, never as part of its text. Only
 * `{ raw }` is text of the script.
 *
 * @see https://bun.com/docs/runtime/shell#security-in-the-bun-shell
 */

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);

/** @typedef {string | string[] | object} Value text, texts, or an object that is read or written */
/** @typedef {{ parts: string[], values: Value[], plain: boolean }} Template `plain`: its text is the template's own */

/**
 * @param {readonly string[]} raw the text between the expressions
 * @param {any[]} expressions
 * @returns {Template}
 * @throws {Error} for what is no text: a promise, a plain object
 */
function templateOf(raw, expressions) {
  /** @type {Template} */
  const template = { parts: [raw[0]], values: [], plain: true };
  for (let i = 0; i < expressions.length; i++) {
    add(template, expressions[i]);
    template.parts[template.parts.length - 1] += raw[i + 1] ?? '';
  }
  return template;
}

/** @param {Template} template @param {any} value */
function add(template, value) {
  if (typeof value === 'string') return push(template, checked(value));
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  if (value === null || typeof value !== 'object') return push(template, checked(String(value)));
  if (Array.isArray(value)) return addArray(template, value);
  if (isObject(value)) return push(template, value);
  if ('raw' in value) {
    template.parts[template.parts.length - 1] += checked(String(value.raw));
    template.plain = false;
    return undefined;
  }
  return push(template, textOf(value));
}

/** @param {Template} template @param {any[]} values */
function addArray(template, values) {
  const flat = values.flat(Number.POSITIVE_INFINITY);
  const isText = (/** @type {any} */ value) =>
    value === null || typeof value !== 'object' || !(isObject(value) || 'raw' in value);
  if (flat.every(isText)) return push(template, flat.map(toText));
  // Text of the script among them: each is as if it stood alone, a blank between them.
  flat.forEach((value, i) => {
    if (i > 0) template.parts[template.parts.length - 1] += ' ';
    add(template, value);
  });
  template.plain = false;
  return undefined;
}

/** @param {any} value */
function toText(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  return value !== null && typeof value === 'object' ? textOf(value) : checked(String(value));
}

/** @param {Template} template @param {Value} value */
function push(template, value) {
  template.values.push(value);
  template.parts.push('');
}

/** Whether a value is read or written instead of being text. @param {any} value */
function isObject(value) {
  return (
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer ||
    (value instanceof Blob && fileOf(value) === undefined) ||
    isBody(value) ||
    value instanceof ReadableStream
  );
}

/** @param {any} value */
function isBody(value) {
  return value instanceof Response || value instanceof Request;
}

/** The file that `Bun.file` made, as a path. @param {any} value @returns {string | undefined} */
function fileOf(value) {
  const source = require('../bun/bun-file').sourceOf(value);
  if (!source) return undefined;
  return source.path ?? (source.fd === undefined ? undefined : `/dev/fd/${source.fd}`);
}

/** @param {any} value an object */
function textOf(value) {
  const file = value instanceof Blob ? fileOf(value) : undefined;
  if (file !== undefined) return checked(file);
  if (typeof value.toString !== 'function' || value.toString === Object.prototype.toString) {
    const shown = Object.prototype.toString.call(value);
    throw new Error(`Invalid JS object used in shell: ${shown}, you might need to call \`.toString()\` on it`);
  }
  return checked(String(value));
}

/** @param {string} text */
function checked(text) {
  if (!text.includes('\0')) return text;
  throw ERR_INVALID_ARG_VALUE(
    `The shell argument must be a string without null bytes. Received ${JSON.stringify(text)}`,
  );
}

module.exports = { templateOf, isBody };
