'use strict';

/**
 * `CloseEvent` and `ErrorEvent`, which older Node has not.
 *
 * @see https://websockets.spec.whatwg.org/#the-closeevent-interface
 * @see https://html.spec.whatwg.org/#the-errorevent-interface
 */

const { ERR_MISSING_ARGS } = require('../internal/errors');

/** @param {number} count @param {any} init @returns {any} */
function initOf(count, init) {
  if (count === 0) throw ERR_MISSING_ARGS('Not enough arguments');
  if (init !== undefined && init !== null && typeof init !== 'object' && typeof init !== 'function')
    throw new TypeError('Type error');
  return init ?? {};
}

class CloseEvent extends Event {
  #wasClean;
  #code;
  #reason;

  /** @param {string} type @param {any} [init] */
  constructor(type, init) {
    const given = initOf(arguments.length, init);
    super(type, given);
    this.#wasClean = Boolean(given.wasClean);
    this.#code = Number(given.code) & 0xffff;
    this.#reason = given.reason === undefined ? '' : `${given.reason}`.toWellFormed();
  }

  get wasClean() {
    return this.#wasClean;
  }

  get code() {
    return this.#code;
  }

  get reason() {
    return this.#reason;
  }
}

class ErrorEvent extends Event {
  #message;
  #filename;
  #lineno;
  #colno;
  #error;

  /** @param {string} type @param {any} [init] */
  constructor(type, init) {
    const given = initOf(arguments.length, init);
    super(type, given);
    this.#message = given.message === undefined ? '' : `${given.message}`;
    this.#filename = given.filename === undefined ? '' : `${given.filename}`;
    this.#lineno = Number(given.lineno) >>> 0;
    this.#colno = Number(given.colno) >>> 0;
    this.#error = given.error === undefined ? null : given.error;
  }

  get message() {
    return this.#message;
  }

  get filename() {
    return this.#filename;
  }

  get lineno() {
    return this.#lineno;
  }

  get colno() {
    return this.#colno;
  }

  get error() {
    return this.#error;
  }
}

for (const Class of [CloseEvent, ErrorEvent]) {
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    if (name !== 'constructor') Object.defineProperty(Class.prototype, name, { enumerable: true });
  }
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
  Object.defineProperty(Class, 'length', { value: 1, configurable: true });
}

module.exports = { CloseEvent, ErrorEvent };
