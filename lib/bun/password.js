'use strict';

const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');
const { textOrBytes } = require('./byte-source');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ALGORITHMS = new Set(['bcrypt', 'argon2id', 'argon2d', 'argon2i']);
const DEFAULTS = { algorithm: 'argon2id', cost: 2, memory: 65_536 };

/**
 * `Bun.password`: hashes and verifies passwords with Argon2 or bcrypt. The asynchronous forms run
 * on the thread pool; argument errors are thrown at once, in them too.
 *
 * @see https://bun.com/docs/runtime/hashing#bun-password
 */
const password = {
  /**
   * @param {string | ArrayBuffer | ArrayBufferView} password
   * @param {string | Record<string, unknown>} [options] an algorithm, or an algorithm with costs
   * @returns {Promise<string>}
   * @throws ERR_INVALID_ARG_TYPE
   */
  hash(password, options) {
    return using(textOf(password), (secret) => {
      nonEmpty(secret);
      const { algorithm, cost, memory } = plan(options);
      return engine().passwordHash(secret, algorithm, cost, memory);
    });
  },

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} password
   * @param {string | Record<string, unknown>} [options]
   * @returns {string}
   * @throws ERR_INVALID_ARG_TYPE
   */
  hashSync(password, options) {
    return using(password, (secret) => {
      nonEmpty(secret);
      const { algorithm, cost, memory } = plan(options);
      return engine().passwordHashSync(secret, algorithm, cost, memory);
    });
  },

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} password
   * @param {string | ArrayBuffer | ArrayBufferView} hash
   * @param {string} [algorithm] read from the hash when left out
   * @returns {Promise<boolean>} false when either is empty
   * @throws ERR_INVALID_ARG_TYPE; the promise is rejected with `PASSWORD_*`
   */
  verify(password, hash, algorithm = undefined) {
    const family = chosen(algorithm);
    return using(textOf(password), (secret) => {
      const stored = bytesOf(textOf(hash), 'hash');
      if (!secret.length || !stored.length) return Promise.resolve(false);
      return engine().passwordVerify(secret, stored, family);
    });
  },

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} password
   * @param {string | ArrayBuffer | ArrayBufferView} hash
   * @param {string} [algorithm]
   * @returns {boolean}
   * @throws ERR_INVALID_ARG_TYPE, PASSWORD_*
   */
  verifySync(password, hash, algorithm = undefined) {
    const family = chosen(algorithm);
    return using(password, (secret) => {
      const stored = bytesOf(hash, 'hash');
      if (!secret.length || !stored.length) return false;
      return engine().passwordVerifySync(secret, stored, family);
    });
  },
};

function engine() {
  return native('bun-core', 'bun');
}

/**
 * Works with the bytes of a password. Where they are a copy, in memory that others may get later, it is erased; the
 * asynchronous engine has one of its own by then.
 *
 * @template T
 * @param {any} password
 * @param {(secret: Uint8Array) => T} work
 * @returns {T}
 */
function using(password, work) {
  const secret = bytesOf(password, 'password');
  try {
    return work(secret);
  } finally {
    const given = ArrayBuffer.isView(password) ? password.buffer : password;
    if (secret.buffer !== given) secret.fill(0);
  }
}

/** @param {unknown} value @param {string} name @returns {Uint8Array} */
function bytesOf(value, name) {
  const bytes = textOrBytes(value);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE(`${name} must be a string, ArrayBuffer or ArrayBufferView`);
  return bytes;
}

/** Bun's asynchronous forms, and they alone, make other values strings. @param {unknown} value */
function textOf(value) {
  if (value === undefined || typeof value === 'string' || ArrayBuffer.isView(value)) return value;
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer ? value : `${value}`;
}

/** @param {Uint8Array} secret */
function nonEmpty(secret) {
  if (secret.length === 0) throw ERR_INVALID_ARG_TYPE('password must not be empty');
}

/** @param {unknown} options @returns {{ algorithm: string, cost: number, memory: number }} */
function plan(options) {
  if (options === undefined || options === null) return DEFAULTS;
  if (typeof options === 'string') return defaultsOf(known(options, 'hash'));
  if (typeof options !== 'object') throw ERR_INVALID_ARG_TYPE('PasswordHashOptions must be an object');
  const { algorithm, cost, memoryCost, timeCost } = /** @type {Record<string, unknown>} */ (options);
  if (algorithm === undefined || algorithm === null)
    throw ERR_INVALID_ARG_TYPE("Expected options.algorithm to be a string for 'hash'.");
  if (typeof algorithm !== 'string') throw ERR_INVALID_ARG_TYPE('PasswordHashOptions.algorithm must be a string');
  const chosen = { ...defaultsOf(known(algorithm, 'hash')) };
  if (algorithm === 'bcrypt') {
    chosen.cost = costOf(cost, 'cost', chosen.cost, (value) => {
      if (!integer(value, 4, 31)) throw ERR_INVALID_ARG_TYPE('Rounds must be an integer between 4 and 31');
    });
    return chosen;
  }
  chosen.cost = costOf(timeCost, 'timeCost', chosen.cost, (value) => {
    if (value < 1) throw ERR_INVALID_ARG_TYPE('Time cost must be greater than 0');
    if (!integer(value, 1, 2 ** 32 - 1))
      throw ERR_INVALID_ARG_TYPE('Time cost must be an integer between 1 and 4294967295');
  });
  chosen.memory = costOf(memoryCost, 'memoryCost', chosen.memory, (value) => {
    if (value < 8) throw ERR_INVALID_ARG_TYPE('Memory cost must be at least 8');
    if (!integer(value, 8, 2 ** 32 - 1))
      throw ERR_INVALID_ARG_TYPE('Memory cost must be an integer between 8 and 4294967295');
  });
  return chosen;
}

/** @param {string} algorithm */
function defaultsOf(algorithm) {
  return algorithm === 'bcrypt' ? { algorithm, cost: 10, memory: 0 } : { ...DEFAULTS, algorithm };
}

/** @param {unknown} value @param {string} name @param {number} otherwise @param {(value: number) => void} check */
function costOf(value, name, otherwise, check) {
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'number') throw ERR_INVALID_ARG_TYPE(`Expected ${name} to be a number for 'hash'.`);
  check(value);
  return value;
}

/** @param {number} value @param {number} min @param {number} max */
function integer(value, min, max) {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** @param {unknown} algorithm @returns {string} empty when the hash is to tell */
function chosen(algorithm) {
  if (algorithm === undefined || algorithm === null) return '';
  if (typeof algorithm !== 'string') throw ERR_INVALID_ARG_TYPE('algorithm must be a string');
  return known(algorithm, 'verify');
}

/** @param {string} algorithm @param {string} method */
function known(algorithm, method) {
  if (ALGORITHMS.has(algorithm)) return algorithm;
  throw ERR_INVALID_ARG_TYPE(
    `Expected algorithm to be a unknown algorithm, expected one of: "bcrypt", "argon2id", "argon2d", "argon2i" (default is "argon2id") for '${method}'.`,
  );
}

module.exports = password;
