'use strict';

/**
 * What Bun adds to `Blob`. `Bun.file` has its own; a blob in memory can be read, not written.
 *
 * @see https://bun.com/reference/globals/Blob
 */

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
/** What a blob says that was never modified. */
const NEVER = 2 ** 52 - 1;

function refuse() {
  throw ERR_INVALID_ARG_TYPE('Cannot write to a Blob backed by bytes, which are always read-only');
}

module.exports = {
  methods: {
    /** @this {Blob} */
    async json() {
      return require('../bun/parse-json').parseJson(await this.text());
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

    write: refuse,
    writer: refuse,
    unlink: refuse,
    delete: refuse,
  },
  facts: {
    name() {},
    lastModified: () => NEVER,
  },
};
