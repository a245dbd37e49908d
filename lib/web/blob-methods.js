'use strict';

/**
 * What Bun adds to `Blob`. `Bun.file` has its own; a blob in memory can be read, not written.
 *
 * @see https://bun.com/reference/globals/Blob
 */

const { codeError } = require('../internal/errors');
const { isKnown, respell } = require('../bun/mime-type');
const { memoryOf } = require('./blob-memory');
const { utf8Text } = require('./body-source');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
/** What a blob says that was never modified. */
const NEVER = 2 ** 52 - 1;

function refuse() {
  throw ERR_INVALID_ARG_TYPE('Cannot write to a Blob backed by bytes, which are always read-only');
}

/** @param {unknown} value @param {number} size @param {number} otherwise @returns {number} a place in the blob */
function placeOf(value, size, otherwise) {
  if (typeof value !== 'number') return otherwise;
  const place = Math.trunc(value) || 0;
  return Math.min(Math.max(place < 0 ? size + place : place, 0), size);
}

/**
 * Bun takes text where a place is expected for the type, and what is no number for nothing; Node ends the process on
 * places that are too odd. A type of files stays, where none is given.
 *
 * @param {typeof Blob.prototype.slice} sliceOfNode
 */
const sliceOver = (sliceOfNode) =>
  /** @this {Blob} @param {unknown} [start] @param {unknown} [end] @param {unknown} [type] */
  function slice(start, end, type = undefined) {
    const { size } = this;
    const named = [start, end, type].find((value) => typeof value === 'string');
    const from = placeOf(start, size, 0);
    const to = typeof start === 'string' ? size : placeOf(end, size, size);
    const kept = !named && this.type !== '' && isKnown(this.type) ? this.type : '';
    return Reflect.apply(sliceOfNode, this, [from, Math.max(from, to), named ? respell(named) : kept]);
  };

/**
 * What is in memory needs no wait: the promise is settled when it is given.
 *
 * @param {Pick<Blob, 'arrayBuffer' | 'text'>} own Node's methods
 */
const readsOver = ({ arrayBuffer, text }) => ({
  /** @this {Blob} */
  async arrayBuffer() {
    return memoryOf(this)?.buffer ?? Reflect.apply(arrayBuffer, this, []);
  },
  /** @this {Blob} */
  async bytes() {
    return memoryOf(this) ?? new Uint8Array(await Reflect.apply(arrayBuffer, this, []));
  },
  /** @this {Blob} */
  async text() {
    const bytes = memoryOf(this);
    return bytes ? utf8Text(bytes) : Reflect.apply(text, this, []);
  },
});

/** What was assigned to `name`. @type {WeakMap<Blob, string | undefined>} */
const names = new WeakMap();

/**
 * A name can be assigned; what is neither text nor `undefined` is passed over.
 *
 * @param {(() => unknown) | undefined} own the getter for a name that was not assigned
 */
const nameOver = (own) => ({
  /** @this {Blob} */
  get() {
    return names.has(this) ? names.get(this) : own && Reflect.apply(own, this, []);
  },
  /** @this {Blob} @param {unknown} name */
  set(name) {
    if (typeof name === 'string' || name === undefined) names.set(this, name);
  },
});

module.exports = {
  readsOver,
  sliceOver,
  methods: {
    /** @this {Blob} */
    async json() {
      const { parseJson } = require('../bun/parse-json');
      const bytes = memoryOf(this);
      return parseJson(bytes ? utf8Text(bytes) : await this.text());
    },

    /** @this {Blob} @returns {Promise<FormData>} */
    async formData() {
      return require('../bun/form-data').parseFormData(new Uint8Array(await this.arrayBuffer()), this.type);
    },

    /** Bytes are always there. */
    async exists() {
      return true;
    },

    /** Only files have what `stat` tells. */
    async stat() {},

    /** @this {Blob} @param {any} [options] */
    image(options = undefined) {
      const { Image } = require('../bun/image');
      return new Image(this, options);
    },

    write: refuse,
    writer: refuse,
    unlink: refuse,
    delete: refuse,
  },
  nameOver,
  facts: {
    name: nameOver(undefined),
    lastModified: { get: () => NEVER },
  },
};
