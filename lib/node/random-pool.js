'use strict';

const { randomFillSync } = require('node:crypto');

/** Larger requests are no dearer than the system's own. */
const MOST = 256;
const SIZE = 8192;

const pool = Buffer.allocUnsafeSlow(SIZE);
let used = SIZE;

/**
 * Random bytes out of a pool that is filled at once; what is given away is erased there.
 *
 * @param {number} size at most `MOST`
 * @returns {Buffer} with memory of its own
 */
function take(size) {
  if (used + size > SIZE) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.alloc(size);
  pool.copy(bytes, 0, used, used + size);
  pool.fill(0, used, used + size);
  used += size;
  return bytes;
}

module.exports = { take, MOST };
