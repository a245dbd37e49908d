'use strict';

const { randomFillSync } = require('node:crypto');
const { codeError } = require('../internal/errors');
const { textOf } = require('./byte-source');
const { dashed, format } = require('./uuid-format');

const LATEST = 2 ** 48 - 1;
const ERR_OUT_OF_RANGE = codeError(
  RangeError,
  'ERR_OUT_OF_RANGE',
  (value) => `The value of "timestamp" is out of range. It must be >= 0 and <= ${LATEST}. Received ${value}`,
);
const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  (expected, value) => `The "timestamp" property must be of type ${expected}. Received ${typeof value}`,
);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = new Uint8Array(4096);
let used = pool.length;
let lastGiven = -1;
/** The milliseconds of the last one: ahead of `lastGiven` where one millisecond had too few counters. */
let stamp = -1;
let counter = 0;
/** The first two groups of the text, and the milliseconds that they say. */
let prefix = '';
let prefixStamp = -1;

/**
 * `Bun.randomUUIDv7`: a UUID that sorts by time (RFC 9562, section 5.7): 48 bits of milliseconds, a
 * counter of 12 bits that goes on within a millisecond, 62 random bits. When the counter is used up, the next
 * millisecond begins, so that they sort in the order in which they are made.
 *
 * @see https://bun.com/docs/runtime/utils#bun-randomuuidv7
 * @param {string | number | Date} [encoding] `hex` (with dashes), `base64`, `base64url`, `buffer`; may be left out
 * @param {number | Date} [timestamp] milliseconds since 1970
 * @returns {string | Buffer}
 * @throws ERR_UNKNOWN_ENCODING, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE
 */
function randomUUIDv7(encoding, timestamp) {
  const name = textOf(encoding);
  const named = name !== undefined || encoding === undefined;
  const render = format(name);
  step(time(named ? timestamp : encoding));
  return render === dashed ? textOfNext() : render(bytesOfNext());
}

/** @param {unknown} value @returns {number} */
function time(value) {
  if (value === undefined) return Date.now();
  const milliseconds = value instanceof Date ? value.getTime() : value;
  if (typeof milliseconds !== 'number') throw ERR_INVALID_ARG_TYPE('number', value);
  if (!(milliseconds >= 0 && milliseconds <= LATEST)) throw ERR_OUT_OF_RANGE(milliseconds);
  if (!Number.isInteger(milliseconds)) throw ERR_INVALID_ARG_TYPE('integer', value);
  return milliseconds;
}

/** Counts on, and makes sure that there is randomness for the next one. @param {number} milliseconds */
function step(milliseconds) {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  if (milliseconds < lastGiven || milliseconds > stamp) start(milliseconds);
  else if (counter < 0xfff) counter += 1;
  else start(Math.min(stamp + 1, LATEST));
  lastGiven = milliseconds;
}

function bytesOfNext() {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(stamp, 0, 6);
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes.set(pool.subarray(used + 2, used + 10), 8);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  spend();
  return bytes;
}

/** What `dashed` makes of the same bytes, without making them. */
function textOfNext() {
  if (stamp !== prefixStamp) {
    const hex = stamp.toString(16).padStart(12, '0');
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-`;
    prefixStamp = stamp;
  }
  const at = used + 2;
  const text =
    prefix +
    HEX[0x70 | (counter >> 8)] +
    HEX[counter & 0xff] +
    '-' +
    HEX[(pool[at] & 0x3f) | 0x80] +
    HEX[pool[at + 1]] +
    '-' +
    HEX[pool[at + 2]] +
    HEX[pool[at + 3]] +
    HEX[pool[at + 4]] +
    HEX[pool[at + 5]] +
    HEX[pool[at + 6]] +
    HEX[pool[at + 7]];
  spend();
  return text;
}

/** What was given away is erased. */
function spend() {
  for (let at = used; at < used + 10; at++) pool[at] = 0;
  used += 10;
}

/** @param {number} milliseconds */
function start(milliseconds) {
  stamp = milliseconds;
  counter = ((pool[used] << 8) | pool[used + 1]) & 0xfff;
}

module.exports = randomUUIDv7;
