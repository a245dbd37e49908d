'use strict';

/**
 * `BuildMessage` and `ResolveMessage`: what Bun throws when a file does not parse and when a module
 * is not found.
 *
 * @see https://bun.com/reference/globals/BuildMessage
 */

const { registerClass } = require('../internal/errors');

/**
 * @typedef {{ lineText: string, file: string, namespace: string, line: number, column: number, length: number, offset: number }} Position
 */

/** The own properties that the engine gives an error, to be gathered in `position`. */
const places = ['lineText', 'file', 'line', 'column', 'length', 'offset'];

class BuildMessage extends Error {
  /** @type {Position | null} */
  #position = null;

  get name() {
    return 'BuildMessage';
  }

  get level() {
    return 'error';
  }

  get notes() {
    return [];
  }

  /** @returns {Position | null} */
  get position() {
    return this.#position;
  }

  toJSON() {
    const { name, position, message, level } = this;
    return { name, position, message, level };
  }

  /** Gathers what the engine said. @param {any} error */
  static complete(error) {
    if (!Object.hasOwn(error, 'lineText')) return error;
    const { lineText, file, line, column, length, offset } = error;
    for (const name of places) delete error[name];
    error.#position = { lineText, file, namespace: 'file', line, column, length, offset };
    Object.defineProperty(error, 'stack', {
      value: excerpt(error.message, error.#position),
      writable: true,
      configurable: true,
    });
    return error;
  }
}

class ResolveMessage extends Error {
  #facts;

  /** @param {string} message @param {{ code: string, specifier: string, referrer: string, importKind: string }} facts */
  constructor(message, facts = { code: '', specifier: '', referrer: '', importKind: '' }) {
    super(message);
    this.#facts = facts;
  }

  get name() {
    return 'ResolveMessage';
  }

  get code() {
    return this.#facts.code;
  }

  get specifier() {
    return this.#facts.specifier;
  }

  get referrer() {
    return this.#facts.referrer;
  }

  get importKind() {
    return this.#facts.importKind;
  }

  get level() {
    return 'error';
  }

  get position() {
    return null;
  }

  toJSON() {
    const { name, position, message, level, specifier, importKind, referrer } = this;
    return { name, position, message, level, specifier, importKind, referrer };
  }
}

/** The line, a caret and the message. @param {string} message @param {Position} position */
function excerpt(message, { line, column, lineText, file }) {
  const number = `${line} | `;
  return `${number}${lineText}\n${' '.repeat(number.length + column - 1)}^\nerror: ${message}\n    at ${file}:${line}:${column}`;
}

/** @param {any} error an error of the engine */
function complete(error) {
  return error instanceof BuildMessage ? BuildMessage.complete(error) : error;
}

function register() {
  registerClass('BuildMessage', BuildMessage);
}

/**
 * @param {string} specifier
 * @param {string} referrer
 * @param {'import-statement' | 'require-call' | 'require-resolve'} importKind
 * @param {string[]} [requireStack]
 */
function notFound(specifier, referrer, importKind, requireStack = [referrer]) {
  if (specifier.startsWith('node:') && importKind !== 'require-resolve') {
    const facts = { code: 'ERR_UNKNOWN_BUILTIN_MODULE', specifier, referrer, importKind };
    return new ResolveMessage(`No such built-in module: ${specifier}`, facts);
  }
  if (importKind !== 'import-statement') {
    const stack = requireStack.length ? `\nRequire stack:\n- ${requireStack.join('\n- ')}` : '';
    return new ResolveMessage(`Cannot find module '${specifier}'${stack}`, {
      code: 'MODULE_NOT_FOUND',
      specifier,
      referrer,
      importKind,
    });
  }
  const isPath = specifier === '' || /^(?:\.{0,2}\/|\.\.?$|[a-z]:[\\/]|file:)/i.test(specifier);
  const what = isPath ? `module '${specifier}'` : `package '${packageName(specifier)}'`;
  return new ResolveMessage(`Cannot find ${what} imported from ${referrer}`, {
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

module.exports = { BuildMessage, ResolveMessage, complete, register, notFound };
