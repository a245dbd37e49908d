'use strict';

/** @param {unknown} text @returns {string} */
function checked(text) {
  if (typeof text !== 'string') throw new TypeError('Expected a string');
  return text;
}

/** @param {any} options @returns {{ alphabet: 'base64' | 'base64url', last: string }} */
function readOptions(options) {
  if (options !== undefined && (typeof options !== 'object' || options === null))
    throw new TypeError('Expected options to be an object');
  const { alphabet = 'base64', lastChunkHandling: last = 'loose' } = options ?? {};
  if (alphabet !== 'base64' && alphabet !== 'base64url')
    throw new TypeError("Expected alphabet to be 'base64' or 'base64url'");
  if (!['loose', 'strict', 'stop-before-partial'].includes(last))
    throw new TypeError("Expected lastChunkHandling to be 'loose', 'strict' or 'stop-before-partial'");
  return { alphabet, last };
}

/**
 * @param {string} text
 * @param {any} given
 * @param {number} [room] bytes at most, whole groups of three
 * @returns {{ bytes: Uint8Array, read: number }}
 */
function decodeBase64(text, given, room = Infinity) {
  const { alphabet, last } = readOptions(given);
  const digit = alphabet === 'base64' ? /[A-Za-z0-9+/]/ : /[A-Za-z0-9_-]/;
  let chunk = '';
  let whole = '';
  let read = 0;
  const fits = (/** @type {number} */ more) => (whole.length / 4) * 3 + more <= room;
  if (room === 0) return { bytes: new Uint8Array(0), read: 0 };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (/[\t\n\f\r ]/.test(character)) continue;
    if (character === '=') return padded(text, at, { chunk, whole, read, last, fits });
    if (!digit.test(character)) throw new SyntaxError(`Invalid character in base64: ${JSON.stringify(character)}`);
    if (chunk.length > 1 && !fits(chunk.length)) return { bytes: bytesOf(whole), read };
    chunk += character;
    if (chunk.length < 4) continue;
    whole += chunk;
    chunk = '';
    read = at + 1;
    if (!fits(1)) return { bytes: bytesOf(whole), read };
  }
  if (chunk === '') return { bytes: bytesOf(whole), read: text.length };
  if (last === 'stop-before-partial') return { bytes: bytesOf(whole), read };
  if (last === 'strict' || chunk.length === 1) throw new SyntaxError('Invalid length of base64');
  return { bytes: bytesOf(whole + chunk), read: text.length };
}

/** @param {string} text @param {number} at of the first `=` @param {{ chunk: string, whole: string, read: number, last: string, fits: (more: number) => boolean }} state */
function padded(text, at, { chunk, whole, read, last, fits }) {
  const rest = text.slice(at).replace(/[\t\n\f\r ]/g, '');
  const wanted = '='.repeat(Math.max(0, 4 - chunk.length));
  if (chunk.length < 2) throw new SyntaxError('Invalid padding of base64');
  if (rest !== wanted) {
    if (last === 'stop-before-partial' && wanted.startsWith(rest)) return { bytes: bytesOf(whole), read };
    throw new SyntaxError('Invalid padding of base64');
  }
  if (!fits(chunk.length - 1)) return { bytes: bytesOf(whole), read };
  const bytes = bytesOf(whole + chunk);
  const again = Buffer.from(bytes).toString('base64').replace(/=+$/, '');
  const same = again === (whole + chunk).replace(/-/g, '+').replace(/_/g, '/');
  if (last === 'strict' && !same) throw new SyntaxError('Unused bits of base64 are not zero');
  return { bytes, read: text.length };
}

/** @param {string} base64 */
const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, 'base64'));

/** @param {string} text @param {number} [room] */
function decodeHex(text, room = Infinity) {
  if (text.length % 2 !== 0) throw new SyntaxError('Invalid length of hexadecimal text');
  const part = text.slice(0, Math.min(text.length, room * 2));
  if (!/^[0-9A-Fa-f]*$/.test(part)) throw new SyntaxError('Invalid character in hexadecimal text');
  return { bytes: new Uint8Array(Buffer.from(part, 'hex')), read: part.length };
}

/** @param {unknown} view @returns {Buffer} */
function bufferOf(view) {
  if (!(view instanceof Uint8Array)) throw new TypeError('Expected a Uint8Array');
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

/** @param {Uint8Array} target @param {{ bytes: Uint8Array, read: number }} decoded */
function put(target, { bytes, read }) {
  target.set(bytes);
  return { read, written: bytes.length };
}

/** @see https://tc39.es/proposal-arraybuffer-base64/spec/ */
module.exports = {
  statics: {
    fromBase64: (/** @type {string} */ text, /** @type {object} */ options = undefined) =>
      decodeBase64(checked(text), options).bytes,
    fromHex: (/** @type {string} */ text) => decodeHex(checked(text)).bytes,
  },
  methods: {
    /** @this {Uint8Array} @param {{ alphabet?: string, omitPadding?: boolean }} [options] */
    toBase64(options = undefined) {
      const bytes = bufferOf(this);
      const { alphabet } = readOptions(options);
      const text = bytes.toString('base64');
      const digits = alphabet === 'base64' ? text : text.replace(/\+/g, '-').replace(/\//g, '_');
      return options?.omitPadding ? digits.replace(/=+$/, '') : digits;
    },

    /** @this {Uint8Array} */
    toHex() {
      return bufferOf(this).toString('hex');
    },

    /** @this {Uint8Array} @param {string} text @param {object} [options] */
    setFromBase64(text, options = undefined) {
      return put(this, decodeBase64(checked(text), options, bufferOf(this).length));
    },

    /** @this {Uint8Array} @param {string} text */
    setFromHex(text) {
      return put(this, decodeHex(checked(text), bufferOf(this).length));
    },
  },
};
