'use strict';

/**
 * `FormData`, with Bun's `toJSON`, `length` and `FormData.from`. Of our own, as Node's comes with all of its `fetch`.
 *
 * @see https://xhr.spec.whatwg.org/#interface-formdata
 */

const { codeError, ERR_MISSING_ARGS } = require('../internal/errors');
const { brand } = require('../internal/brand');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** @typedef {string | Blob} Value */

/** Whether a value is a form, for the members' check of `this`. @type {(value: unknown) => boolean} */
let isFormData;

/** @param {unknown} text */
const textOf = (text) => `${/** @type {string} */ (text)}`.toWellFormed();

/** @param {number} count @param {number} least */
function needs(count, least) {
  if (count < least) throw ERR_MISSING_ARGS('Not enough arguments');
}

/** @param {any} value @param {boolean} named @param {any} filename @returns {Value} */
function entryValue(value, named, filename) {
  if (!(value instanceof Blob)) {
    if (named) throw new TypeError('Expected argument to be a Blob.');
    return textOf(value);
  }
  if (require('../bun/bun-file').sourceOf(value)) {
    if (!named) return value;
    return Object.defineProperty(value.slice(), 'name', { value: textOf(filename), configurable: true });
  }
  const { type, lastModified = undefined } = /** @type {File} */ (value);
  if (value instanceof File && !named) return value;
  return new File(
    [value],
    named ? textOf(filename) : 'blob',
    value instanceof File ? { type, lastModified } : { type },
  );
}

class FormData {
  /** @type {[string, Value][]} */
  #entries = [];

  static {
    isFormData = (value) => typeof value === 'object' && value !== null && #entries in value;
  }

  /** @param {string} name @param {any} value @param {string} [filename] */
  append(name, value, filename = undefined) {
    needs(arguments.length, 2);
    this.#entries.push([textOf(name), entryValue(value, filename !== undefined, filename)]);
  }

  /** @param {string} name */
  delete(name) {
    needs(arguments.length, 1);
    const key = textOf(name);
    this.#entries = this.#entries.filter(([each]) => each !== key);
  }

  /** @param {string} name @returns {Value | null} */
  get(name) {
    needs(arguments.length, 1);
    const key = textOf(name);
    return this.#entries.find(([each]) => each === key)?.[1] ?? null;
  }

  /** @param {string} name @returns {Value[]} */
  getAll(name) {
    needs(arguments.length, 1);
    const key = textOf(name);
    return this.#entries.filter(([each]) => each === key).map(([, value]) => value);
  }

  /** @param {string} name */
  has(name) {
    needs(arguments.length, 1);
    const key = textOf(name);
    return this.#entries.some(([each]) => each === key);
  }

  /** @param {string} name @param {any} value @param {string} [filename] */
  set(name, value, filename = undefined) {
    needs(arguments.length, 2);
    const key = textOf(name);
    /** @type {[string, Value]} */
    const entry = [key, entryValue(value, filename !== undefined, filename)];
    const at = this.#entries.findIndex(([each]) => each === key);
    if (at === -1) this.#entries.push(entry);
    else
      this.#entries = this.#entries.flatMap((each, index) => (index === at ? [entry] : each[0] === key ? [] : [each]));
  }

  /** The form may change meanwhile: places count, not names. @returns {IterableIterator<[string, Value]>} */
  entries() {
    return iterator(this.#walk());
  }

  *#walk() {
    for (let index = 0; index < this.#entries.length; index++)
      yield /** @type {[string, Value]} */ ([...this.#entries[index]]);
  }

  /** @returns {IterableIterator<string>} */
  keys() {
    return iterator(pick(this.#walk(), 0));
  }

  /** @returns {IterableIterator<Value>} */
  values() {
    return iterator(pick(this.#walk(), 1));
  }

  /** @param {(value: Value, name: string, form: FormData) => void} callback @param {unknown} [thisArg] */
  forEach(callback, thisArg = undefined) {
    if (typeof callback !== 'function') throw ERR_INVALID_ARG_TYPE('Cannot call callback on a non-function');
    for (const [name, value] of this.#walk()) Reflect.apply(callback, thisArg, [value, name, this]);
  }

  /** @returns {Record<string, Value | Value[]>} a list where a name stands more than once */
  toJSON() {
    /** @type {Record<string, any>} */
    const object = {};
    for (const [name, value] of this.#entries) {
      const next = Object.hasOwn(object, name) ? [object[name], value].flat() : value;
      Object.defineProperty(object, name, { value: next, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  get length() {
    return this.#entries.length;
  }

  /**
   * @param {string | ArrayBufferLike | ArrayBufferView | Blob} input a body
   * @param {string | ArrayBufferView} [boundary] of one that is `multipart/form-data`
   * @returns {FormData}
   */
  static from(input, boundary = undefined) {
    if (input === undefined || input === null) throw ERR_INVALID_ARG_TYPE('input must not be empty');
    const bytes = typeof input === 'string' ? Buffer.from(input) : require('../bun/hash-input').bytesOf(input);
    if (!bytes) throw ERR_INVALID_ARG_TYPE('input must be a string or ArrayBufferView');
    if (boundary !== undefined && typeof boundary !== 'string' && !ArrayBuffer.isView(boundary))
      throw ERR_INVALID_ARG_TYPE('boundary must be a string or ArrayBufferView');
    const limit =
      typeof boundary === 'object'
        ? Buffer.from(boundary.buffer, boundary.byteOffset, boundary.byteLength).toString()
        : boundary;
    const { parse, parseMultipart } = require('./multipart');
    if (!limit) return /** @type {any} */ (parse(bytes, 'application/x-www-form-urlencoded'));
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!body.includes(`--${limit}--`)) throw new Error('missing final boundary while parsing FormData');
    return /** @type {any} */ (parseMultipart(body, limit));
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    return `FormData ${inspect(this.toJSON(), options)}`;
  }
}

/** @param {Iterable<[string, Value]>} entries @param {0 | 1} place */
function* pick(entries, place) {
  for (const entry of entries) yield /** @type {any} */ (entry[place]);
}

const iterators = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), {
  [Symbol.toStringTag]: { value: 'FormData Iterator', configurable: true },
});

/** @template T @param {Generator<T>} generator @returns {IterableIterator<T>} what has `next` and is no generator */
function iterator(generator) {
  return Object.create(iterators, { next: { value: () => generator.next() } });
}

Object.defineProperty(FormData.prototype, Symbol.toStringTag, { value: 'FormData', configurable: true });
brand(FormData, 'FormData', isFormData);
Object.defineProperty(FormData.prototype, Symbol.iterator, {
  value: FormData.prototype.entries,
  writable: true,
  configurable: true,
});
for (const [name, value] of Object.entries({ append: 2, set: 2 }))
  Object.defineProperty(/** @type {any} */ (FormData.prototype)[name], 'length', { value, configurable: true });

module.exports = { FormData };
