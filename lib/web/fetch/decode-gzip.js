'use strict';

const { ZlibDecoder } = require('./decode-zlib');

/** @typedef {import('./decode-zlib').Done} Done */

const MAGIC = 0x1f;
const HEADER = 10;
const TRAILER = 8;
/** Flags of the header (RFC 1952 section 2.3.1). */
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;
/** A header with names longer than this is none. */
const LONGEST = 1024 * 1024;

const Place = { HEADER: 0, BODY: 1, TRAILER: 2 };

/** @param {string} message */
const broken = (message) => Object.assign(new Error(message), { code: 'Z_DATA_ERROR' });
const tooShort = () => Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });

/**
 * gzip, member by member: Node's own fails for what follows the last one, and loses what was before it.
 */
class GzipDecoder extends ZlibDecoder {
  #place = Place.HEADER;
  /** Of a header or trailer that has not come whole. @type {Buffer} */
  #held = Buffer.alloc(0);
  #members = 0;
  #checksum = 0;
  #length = 0;
  /** No more input comes. */
  #closing = false;

  constructor() {
    super(() => require('node:zlib').createInflateRaw());
  }

  /** @override @param {Buffer} chunk @param {Done} done */
  decode(chunk, done) {
    if (this.#place === Place.BODY) return super.decode(chunk, done);
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    if (this.#place === Place.HEADER) return this.#begin(bytes, done);
    return this.#check(bytes, done);
  }

  /** @param {Buffer} bytes @param {Done} done */
  #begin(bytes, done) {
    if (this.#members > 0 && bytes[0] !== MAGIC) return this.finish(done);
    const length = headerLength(bytes);
    if (length === undefined) {
      this.#held = bytes;
      return done();
    }
    if (length < 0) return done(broken('incorrect header check'));
    this.#place = Place.BODY;
    this.#checksum = 0;
    this.#length = 0;
    if (length === bytes.length) return done();
    super.decode(bytes.subarray(length), done);
  }

  /** @override @param {Buffer} data */
  decoded(data) {
    this.#checksum = require('../../bun/hash').crc32(data, this.#checksum);
    this.#length = (this.#length + data.length) >>> 0;
  }

  /** @override @param {Buffer} rest @param {Done} done */
  behind(rest, done) {
    this.#place = Place.TRAILER;
    if (this.#closing) done(tooShort());
    else this.#check(rest, done);
  }

  /** @param {Buffer} bytes @param {Done} done */
  #check(bytes, done) {
    if (bytes.length < TRAILER) {
      this.#held = bytes;
      return done();
    }
    if (bytes.readUInt32LE(0) !== this.#checksum) return done(broken('incorrect data check'));
    if (bytes.readUInt32LE(4) !== this.#length) return done(broken('incorrect length check'));
    this.#place = Place.HEADER;
    this.#members++;
    if (bytes.length === TRAILER) return done();
    this.decode(bytes.subarray(TRAILER), done);
  }

  /** @override @param {Done} done */
  _final(done) {
    const between = this.#place === Place.HEADER && this.#held.length === 0;
    this.#closing = true;
    if (between || this.isOver || this.isWithin) super._final(done);
    else done(tooShort());
  }
}

/** @param {Buffer} bytes @returns {number | undefined} negative for what is no header, undefined when more is needed */
function headerLength(bytes) {
  for (const [at, byte] of [MAGIC, 0x8b, 8].entries()) if (bytes.length > at && bytes[at] !== byte) return -1;
  if (bytes.length > 3 && bytes[3] & RESERVED) return -1;
  if (bytes.length < HEADER) return undefined;
  const flags = bytes[3];
  let at = HEADER;
  if (flags & FEXTRA) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, at);
    if (at > bytes.length || end === -1) return bytes.length > LONGEST ? -1 : undefined;
    at = end + 1;
  }
  if (flags & FHCRC) at += 2;
  return at > bytes.length ? undefined : at;
}

module.exports = { GzipDecoder };
