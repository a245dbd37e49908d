'use strict';

const { constants } = require('node:buffer');
const { endOfValue, INCOMPLETE } = require('./jsonl-scan');

const { MAX_STRING_LENGTH } = constants;
const MESSAGE = 'Failed to parse JSONL';
const START = /[^ \t\r\n]/g;
const TRAILING = /[ \t\r]*$/;
const REST_OF_LINE = /[ \t\r]*(?:\n|$)/y;
/** What typed arrays are, past what subclasses say. @type {((this: unknown) => any)[]} */
const facts = ['buffer', 'byteOffset', 'byteLength'].map(
  (name) => /** @type {any} */ (Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), name)).get,
);
const BYTE_ORDER_MARK = '\uFEFF';

/** @typedef {{ values: unknown[], read: number, done: boolean, error: SyntaxError | null }} Chunk */

/**
 * `Bun.JSONL`: JSON values, one after the other with line feeds between them.
 * @see https://bun.com/docs/runtime/jsonl
 */
const JSONL = {
  /**
   * All values up to the first that does not parse; one that is cut off at the end is left out.
   * @param {unknown} [input] text or bytes of UTF-8
   * @returns {unknown[]}
   * @throws {SyntaxError} where not even the first value parses
   */
  parse(input = undefined) {
    const { text } = textOf('parse', input);
    const { values, error } = parseText(text);
    if (error && values.length === 0) throw error;
    return values;
  },

  /**
   * The values of a chunk, and how far it was read: the rest belongs to the next chunk.
   * @param {unknown} [input] text or bytes of UTF-8
   * @param {number} [start] in characters or bytes
   * @param {number} [end]
   * @returns {Chunk}
   */
  parseChunk(input = undefined, start = undefined, end = undefined) {
    const { text, offset, mark } = textOf('parseChunk', input, start, end);
    const chunk = parseText(text);
    const read = mark === undefined ? chunk.read : Buffer.byteLength(text.slice(0, chunk.read)) + mark;
    return { ...chunk, read: offset + read };
  },
};
/** Bun's functions count one argument. */
for (const method of Object.values(JSONL)) Object.defineProperty(method, 'length', { value: 1 });
Object.defineProperty(JSONL, Symbol.toStringTag, { value: 'JSONL', configurable: true });

/** @param {string} text @returns {Chunk} */
function parseText(text) {
  /** @type {unknown[]} */
  const values = [];
  let read = 0;
  for (let at = nextStart(text, 0); at !== -1; at = nextStart(text, read)) {
    const { value, end } = parseLine(text, at) ?? parseValue(text, at);
    if (end < 0) return { values, read, done: false, error: end === INCOMPLETE ? null : new SyntaxError(MESSAGE) };
    values.push(value);
    read = end;
    REST_OF_LINE.lastIndex = end;
    if (!REST_OF_LINE.test(text)) return { values, read, done: false, error: new SyntaxError(MESSAGE) };
  }
  return { values, read, done: true, error: null };
}

/** @param {string} text @param {number} from @returns {number} of the next value, or -1 */
function nextStart(text, from) {
  START.lastIndex = from;
  return START.test(text) ? START.lastIndex - 1 : -1;
}

/**
 * Most values are a line, which `JSON.parse` takes at once.
 *
 * @param {string} text
 * @param {number} at
 * @returns {{ value: unknown, end: number } | undefined} nothing if the line is not one value
 */
function parseLine(text, at) {
  const feed = text.indexOf('\n', at);
  const line = text.slice(at, feed === -1 ? text.length : feed);
  try {
    return {
      value: JSON.parse(line),
      end: at + line.length - /** @type {RegExpExecArray} */ (TRAILING.exec(line))[0].length,
    };
  } catch {
    return undefined;
  }
}

/** @param {string} text @param {number} at @returns {{ value?: unknown, end: number }} an end below zero is why there is none */
function parseValue(text, at) {
  const end = endOfValue(text, at);
  return end < 0 ? { end } : { value: JSON.parse(text.slice(at, end)), end };
}

/**
 * @param {string} method
 * @param {unknown} input
 * @param {unknown} [start]
 * @param {unknown} [end]
 * @returns {{ text: string, offset: number, mark?: number }} `offset` of the text in the input; `mark`: bytes before it, if the input is bytes
 */
function textOf(method, input, start, end) {
  if (input === undefined || input === null) throw new TypeError(`JSONL.${method} requires a string argument`);
  const bytes = ArrayBuffer.isView(input) && !(input instanceof DataView);
  const whole = bytes ? bufferOf(input) : `${input}`;
  if (whole.length > MAX_STRING_LENGTH) throw new RangeError('Cannot create a string longer than the longest there is');
  const last = typeof end === 'number' && end < 0 ? whole.length : (offsetOf(end, whole.length) ?? whole.length);
  const first = Math.min(offsetOf(start, whole.length) ?? 0, last);
  const part = typeof whole === 'string' ? whole.slice(first, last) : whole.toString('utf8', first, last);
  if (!bytes) return { text: part, offset: first };
  const mark = part.startsWith(BYTE_ORDER_MARK) ? 3 : 0;
  return { text: mark === 0 ? part : part.slice(1), offset: first, mark };
}

/** @param {any} view @returns {Buffer} of its own bytes, whatever a subclass says of them */
function bufferOf(view) {
  const [buffer, byteOffset, byteLength] = facts.map((get) => Reflect.apply(get, view, []));
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** @param {unknown} value @param {number} length @returns {number | undefined} */
function offsetOf(value, length) {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return Math.min(Math.max(0, Math.trunc(value)), length);
}

module.exports = JSONL;
