'use strict';

const { joined } = require('./body-source');

/** @type {symbol | undefined} under which Node's Blobs keep the handle that their own methods read */
let handleKey;

/**
 * Node's Blobs give what is in memory at once.
 *
 * @param {Blob} blob
 * @returns {Uint8Array<ArrayBuffer> | undefined} with a buffer of its own; nothing for what has to be waited for
 */
function memoryOf(blob) {
  handleKey ??= Object.getOwnPropertySymbols(blob).find(({ description }) => description === 'kHandle');
  const reader = /** @type {any} */ (blob)[/** @type {symbol} */ (handleKey)]?.getReader();
  if (!reader) return undefined;
  const chunks = [];
  for (let state = 1; state > 0;) {
    state = -1;
    reader.pull((/** @type {number} */ status, /** @type {ArrayBuffer | undefined} */ bytes) => {
      state = status;
      if (status > 0 && bytes) chunks.push(new Uint8Array(bytes));
    });
    if (state < 0) return undefined;
  }
  return chunks.length === 1 ? chunks[0] : joined(chunks);
}

module.exports = { memoryOf };
