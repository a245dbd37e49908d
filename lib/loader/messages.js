'use strict';

/**
 * `BuildMessage` and `ResolveMessage`: what Bun throws when a file does not parse and when a module
 * is not found.
 *
 * @see https://bun.com/reference/globals/BuildMessage
 */

const { fileURLToPath } = require('node:url');
const { codeError, registerClass } = require('../internal/errors');

const ERR_ILLEGAL_CONSTRUCTOR = codeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', () => 'Illegal constructor');

/**
 * @typedef {{ lineText: string, file: string, namespace: string, line: number, column: number, length: number, offset: number }} Position
 * @typedef {{ code: string, specifier: string, referrer: string, importKind: string, requireStack?: string[] }} Facts
 */

/** The own properties that the engine gives an error, to be gathered in `position`. */
const places = ['lineText', 'file', 'line', 'column', 'length', 'offset'];

/** What only this module makes instances with: a program cannot, as in Bun. */
const making = Symbol('making');

/** @type {WeakMap<object, Position>} */
const positions = new WeakMap();
/** @type {WeakMap<object, Facts>} */
const facts = new WeakMap();
/** @type {WeakMap<object, string>} of messages that are no errors */
const levels = new WeakMap();

class BuildMessage extends Error {
  /** @param {any[]} given */
  constructor(...given) {
    if (given[1] !== making) throw ERR_ILLEGAL_CONSTRUCTOR();
    super(given[0]);
  }

  get level() {
    return levels.get(this) ?? 'error';
  }

  get notes() {
    return [];
  }

  /** @returns {Position | null} */
  get position() {
    return positions.get(this) ?? null;
  }

  /** Counted from 0, unlike the one in `position`. @returns {number} */
  get line() {
    return Math.max(0, (this.position?.line ?? 0) - 1);
  }

  /** Counted from 0. @returns {number} */
  get column() {
    return Math.max(0, (this.position?.column ?? 0) - 1);
  }

  toJSON() {
    const { name, position, message, level } = this;
    return { name, position, message, level };
  }

  toString() {
    return `BuildMessage: ${this.message}`;
  }
}

class ResolveMessage extends Error {
  /** @param {any[]} given */
  constructor(...given) {
    if (given[1] !== making) throw ERR_ILLEGAL_CONSTRUCTOR();
    super(given[0]);
  }

  get code() {
    return factsOf(this).code;
  }

  get specifier() {
    return factsOf(this).specifier;
  }

  get referrer() {
    return factsOf(this).referrer;
  }

  get importKind() {
    return factsOf(this).importKind;
  }

  /** @returns {string[] | undefined} */
  get requireStack() {
    return factsOf(this).requireStack;
  }

  get level() {
    return 'error';
  }

  /** Of what the bundler did not find. @returns {Position | null} */
  get position() {
    return positions.get(this) ?? null;
  }

  get line() {
    return Math.max(0, (this.position?.line ?? 0) - 1);
  }

  get column() {
    return Math.max(0, (this.position?.column ?? 0) - 1);
  }

  toJSON() {
    const { name, position, message, level, specifier, importKind, referrer } = this;
    return { name, position, message, level, specifier, importKind, referrer };
  }

  toString() {
    return `ResolveMessage: ${this.message}`;
  }
}

for (const Class of [BuildMessage, ResolveMessage]) {
  Object.defineProperty(Class, 'length', { value: 0 });
  Object.defineProperty(Class.prototype, 'name', { value: Class.name, configurable: true });
}

/** @param {object} message @returns {Facts} */
function factsOf(message) {
  return facts.get(message) ?? { code: '', specifier: '', referrer: '', importKind: '' };
}

/** @param {string} message @param {Facts} about */
function resolveMessage(message, about) {
  const error = Reflect.construct(ResolveMessage, [message, making]);
  facts.set(error, about);
  return error;
}

/** Gathers what the engine said. @param {any} error an error of the engine */
function complete(error) {
  if (!(error instanceof BuildMessage) || !Object.hasOwn(error, 'lineText')) return error;
  const { lineText, file, line, column, length, offset } = /** @type {any} */ (error);
  for (const name of places) delete (/** @type {any} */ (error)[name]);
  const position = { lineText, file, namespace: 'file', line, column, length, offset };
  return place(error, position);
}

/** @param {any} error @param {Position} position */
function place(error, position) {
  positions.set(error, position);
  Object.defineProperty(error, 'stack', {
    value: excerpt(error.message, position, error.level),
    writable: true,
    configurable: true,
  });
  return error;
}

/**
 * Gives an error that crossed threads its class again: Node makes a bare error of it, with what the
 * getters gave as own properties.
 *
 * @param {any} error
 * @returns {boolean} whether it was one
 */
function adopt(error) {
  if (typeof error !== 'object' || error === null || Object.getPrototypeOf(error) !== Error.prototype) return false;
  const Class = /** @type {Record<string, any>} */ ({ BuildMessage, ResolveMessage })[error.name];
  if (!Class || !Object.hasOwn(error, 'name') || !Object.hasOwn(error, 'level')) return false;
  if (Class === BuildMessage && error.position) positions.set(error, error.position);
  if (Class === ResolveMessage) {
    const { code, specifier, referrer, importKind, requireStack } = error;
    facts.set(error, { code, specifier, referrer, importKind, requireStack });
  }
  for (const name of Object.getOwnPropertyNames(Class.prototype)) delete error[name];
  Object.setPrototypeOf(error, Class.prototype);
  return true;
}

/** `instanceof` recognizes what crossed threads, where loading happens on another one. */
function adoptOnSight() {
  for (const Class of [BuildMessage, ResolveMessage]) {
    Object.defineProperty(Class, Symbol.hasInstance, {
      configurable: true,
      /** @this {Function} @param {unknown} value */
      value(value) {
        adopt(value);
        return Function.prototype[Symbol.hasInstance].call(this, value);
      },
    });
  }
}

/**
 * A `ResolveMessage` as `console.log` and the command line print it: other words than its `message`.
 *
 * @param {ResolveMessage} error
 * @returns {string}
 */
function printed({ code, message, specifier, referrer }) {
  if (code === 'ERR_UNKNOWN_BUILTIN_MODULE' || !specifier) return `error: ${message}`;
  const name = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
  return `error: Cannot find ${/^\.|\//.test(name) ? 'module' : 'package'} '${name}' from '${referrer}'`;
}

/** The line, a caret and the message. @param {string} message @param {Position} position @param {string} level */
function excerpt(message, { line, column, lineText, file }, level) {
  const said = `${level}: ${message}`;
  const at = `${' '.repeat(level.length - 1)}at ${file}`;
  if (!lineText) return `${said}\n${at}:${Math.max(0, line)}`;
  const number = `${line} | `;
  return `${number}${lineText.trimEnd()}\n${' '.repeat(number.length + column - 1)}^\n${said}\n${at}:${line}:${column}`;
}

function register() {
  registerClass(
    'BuildMessage',
    /** @type {any} */ (
      function build(/** @type {string} */ message) {
        return Reflect.construct(BuildMessage, [message, making]);
      }
    ),
  );
}

/**
 * @param {string} specifier
 * @param {string} referrer
 * @param {'import-statement' | 'require-call' | 'require-resolve'} importKind
 * @param {string[]} [requireStack]
 */
function notFound(specifier, referrer, importKind, requireStack = [referrer]) {
  if (specifier.startsWith('node:') && importKind !== 'require-resolve') {
    const about = { code: 'ERR_UNKNOWN_BUILTIN_MODULE', specifier, referrer, importKind };
    return resolveMessage(`No such built-in module: ${specifier}`, about);
  }
  if (importKind !== 'import-statement') {
    const stack = requireStack.length ? `\nRequire stack:\n- ${requireStack.join('\n- ')}` : '';
    return resolveMessage(`Cannot find module '${specifier}'${stack}`, {
      code: 'MODULE_NOT_FOUND',
      specifier,
      referrer,
      importKind,
      requireStack,
    });
  }
  const isPath = specifier === '' || /^(?:\.{0,2}\/|\.\.?$|[a-z]:[\\/]|file:)/i.test(specifier);
  const what = isPath ? `module '${specifier}'` : `package '${packageName(specifier)}'`;
  return resolveMessage(`Cannot find ${what} imported from ${referrer}`, {
    code: 'ERR_MODULE_NOT_FOUND',
    specifier,
    referrer,
    importKind,
  });
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * @param {string} message
 * @param {Position | null} [position] none: about a file or a build as a whole
 * @param {'error' | 'warn' | 'note'} [level]
 */
function buildMessage(message, position = null, level = 'error') {
  const error = new BuildMessage(message, making);
  if (level !== 'error') levels.set(error, level);
  return position ? place(error, position) : error;
}

/** What the bundler did not find. @param {string} message @param {Facts} about @param {Position} position */
function unresolved(message, about, position) {
  return place(resolveMessage(message, about), position);
}

module.exports = {
  printed,
  buildMessage,
  unresolved,
  BuildMessage,
  ResolveMessage,
  complete,
  register,
  notFound,
  adopt,
  adoptOnSight,
};
