'use strict';

/**
 * The one registry of error classes and codes. Shapes equal Node's: system errors own
 * `errno, code, syscall, path, dest` in that order; `ERR_*` errors print as `TypeError [ERR_X]: …`.
 */

const classes = { __proto__: null, Error, TypeError, RangeError, SyntaxError };

/**
 * Registers a class of an area (`SQLiteError`, `BuildMessage`, …), so that faults of the engines
 * can name it.
 *
 * @param {string} name as `Class::name` in `crates/fault`
 * @param {new (message: string) => Error} constructor
 */
function registerClass(name, constructor) {
  classes[name] = constructor;
}

/**
 * Builds the error of an engine's fault. Called by `src/error.rs` on the JavaScript thread.
 *
 * @param {string} className
 * @param {string} code empty when the error has none
 * @param {string} message
 * @param {{ errno: number, syscall: string, path?: string, dest?: string, address?: string, port?: number }} [system]
 * @param {Record<string, unknown>} [properties]
 * @returns {Error}
 */
function makeError(className, code, message, system, properties) {
  const Class = classes[className] ?? Error;
  const error = new Class(message);
  if (system) {
    own(error, 'errno', system.errno);
    own(error, 'code', code);
    own(error, 'syscall', system.syscall);
    for (const name of ['path', 'dest', 'address', 'port']) {
      if (system[name] !== undefined) own(error, name, system[name]);
    }
  } else if (code.startsWith('ERR_')) {
    giveCode(error, code);
  } else if (code) {
    own(error, 'code', code);
  }
  capture(error, code, makeError);
  if (properties) for (const name of Object.keys(properties)) own(error, name, properties[name]);
  return error;
}

/** @param {Error} error @param {string} name @param {unknown} value */
function own(error, name, value) {
  Object.defineProperty(error, name, { value, enumerable: true, writable: true, configurable: true });
}

/** @type {Map<object, Map<string, object>>} class prototype -> code -> the prototype of its errors */
const coded = new Map();

/**
 * The code of an `ERR_*` error is no property of its own: each code has a prototype, as in Bun.
 *
 * @param {Error} error
 * @param {string} code
 */
function giveCode(error, code) {
  const base = Object.getPrototypeOf(error);
  const prototypes = coded.get(base) ?? new Map();
  coded.set(base, prototypes);
  let prototype = prototypes.get(code);
  if (!prototype) {
    prototype = Object.create(base);
    own(prototype, 'code', code);
    Object.defineProperty(prototype, 'toString', { value: codedToString, writable: true, configurable: true });
    prototypes.set(code, prototype);
  }
  Object.setPrototypeOf(error, prototype);
}

/** @this {Error & { code: string }} */
function codedToString() {
  return `${this.name} [${this.code}]: ${this.message}`;
}

/**
 * Captures the stack anew; an error with an `ERR_*` code gets Node's first line, `TypeError [ERR_X]: …`.
 *
 * @param {Error} error
 * @param {string} code
 * @param {Function} above the frames of this function and of what it called are left out
 */
function capture(error, code, above) {
  if (!code.startsWith('ERR_')) return Error.captureStackTrace(error, above);
  const { name } = error;
  Object.defineProperty(error, 'name', {
    value: `${name} [${code}]`,
    enumerable: false,
    writable: true,
    configurable: true,
  });
  Error.captureStackTrace(error, above);
  void error.stack; // V8 formats the first line on first access
  delete (/** @type {{ name?: string }} */ (error).name);
}

/**
 * Awaits an engine's promise and gives its error the stack of the `await`ing callers: an error
 * that native code built off the stack has no frames of its own.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
async function withCallerStack(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) capture(error, String(/** @type {any} */ (error).code ?? ''), withCallerStack);
    throw error;
  }
}

/**
 * Makes an `ERR_*` error class: `new ERR_X(message)`.
 *
 * @param {ErrorConstructor | TypeErrorConstructor | RangeErrorConstructor} Base
 * @param {string} code
 * @param {(...facts: any[]) => string} message
 */
function codeError(Base, code, message) {
  return function codedError(/** @type {any[]} */ ...facts) {
    const error = new Base(message(...facts));
    capture(error, code, codedError);
    giveCode(error, code);
    return error;
  };
}

/** Describes a value the way Node does in `Received …`. @param {unknown} value @returns {string} */
function received(value) {
  if (value == null) return `Received ${value}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor?.name) return `Received an instance of ${value.constructor.name}`;
    return `Received ${require('node:util').inspect(value, { depth: -1 })}`;
  }
  let shown = require('node:util').inspect(value, { colors: false });
  if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
  return `Received type ${typeof value} (${shown})`;
}

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (name, expected, value) => {
  const kind = name.endsWith(' argument') ? name : `"${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  return `The ${kind} must be ${expected}. ${received(value)}`;
});
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (name, value, reason = 'is invalid') => {
  const shown = require('node:util').inspect(value);
  return `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${shown.length > 128 ? `${shown.slice(0, 128)}...` : shown}`;
});
const ERR_OUT_OF_RANGE = codeError(
  RangeError,
  'ERR_OUT_OF_RANGE',
  (name, range, value) =>
    `The value of "${name}" is out of range. It must be ${range}. Received ${typeof value === 'bigint' ? `${value}n` : String(value)}`,
);
const ERR_FEATURE_UNAVAILABLE_ON_PLATFORM = codeError(
  TypeError,
  'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
  (what, why) => `${what} is not available: ${why}`,
);
/** An option that the API has in Bun and that is not honoured here yet. */
const ERR_OPTION_UNSUPPORTED = codeError(
  TypeError,
  'ERR_OPTION_UNSUPPORTED',
  (api, option) => `${api}: the option "${option}" is not supported by dx-compat yet`,
);
const ERR_MISSING_ARGS = codeError(TypeError, 'ERR_MISSING_ARGS', (message) => message);
const ERR_BINDING_MISSING = codeError(Error, 'ERR_BINDING_MISSING', (message) => message);

module.exports = {
  makeError,
  capture,
  codedToString,
  registerClass,
  codeError,
  received,
  withCallerStack,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
  ERR_FEATURE_UNAVAILABLE_ON_PLATFORM,
  ERR_OPTION_UNSUPPORTED,
  ERR_MISSING_ARGS,
  ERR_BINDING_MISSING,
};
