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

/** The group of the version with each counter, and the dash behind it. @type {string[]} */
const COUNTERS = Array.from({ length: 0x1000 });
/** So many bytes of randomness has each: two for a counter, eight for itself. */
const EACH = 10;
const pool = Buffer.allocUnsafeSlow(400 * EACH);
let used = pool.length;
/** The pool in hexadecimal, once a text was asked for. */
let digits = '';
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
  if (used === pool.length) {
    randomFillSync(pool);
    for (let at = 2; at < pool.length; at += EACH) pool[at] = (pool[at] & 0x3f) | 0x80; // the variant
    used = 0;
    digits = '';
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
  bytes.set(pool.subarray(used + 2, used + EACH), 8);
  used += EACH;
  return bytes;
}

/** What `dashed` makes of the same bytes, without making them. */
function textOfNext() {
  if (stamp !== prefixStamp) {
    const hex = stamp.toString(16).padStart(12, '0');
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-`;
    prefixStamp = stamp;
  }
  if (digits === '') digits = pool.toString('hex');
  const at = 2 * (used + 2);
  used += EACH;
  const version = (COUNTERS[counter] ??= `7${counter.toString(16).padStart(3, '0')}-`);
  return prefix + version + digits.slice(at, at + 4) + '-' + digits.slice(at + 4, at + 16);
}

/** @param {number} milliseconds */
function start(milliseconds) {
  stamp = milliseconds;
  counter = ((pool[used] << 8) | pool[used + 1]) & 0xfff;
}

module.exports = randomUUIDv7;
