'use strict';

/**
 * `ShellPromise`: a script that starts once somebody waits for it.
 *
 * @see https://bun.com/docs/runtime/shell
 */

const fs = require('node:fs');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');
const { codeError } = require('../internal/errors');
const { ShellError, ShellOutput } = require('./output');
const { memoryOf, contentOf, streamOf, store } = require('./memory');
const engine = require('./engine');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** The variables that the process itself has; a worker's own are a copy. */
const hostEnvironment = isMainThread ? process.env : undefined;

/** A script with its values. */
class Prepared {
  /** @param {import('./engine').Script} script @param {any[]} values @param {string | undefined} env @param {string | undefined} cwd */
  constructor(script, values, env, cwd) {
    this.script = script;
    this.values = values;
    this.env = env;
    this.cwd = cwd;
  }
}

class ShellPromise extends Promise {
  /** `then` gives plain promises. */
  static get [Symbol.species]() {
    return Promise;
  }

  /** @type {(output: any) => void} */
  #resolve;
  /** @type {(error: unknown) => void} */
  #reject;
  #prepared;
  #throws;
  #quiet = false;
  #hasRun = false;
  /** Where it was asked for. @type {{ stack?: string } | undefined} */
  #place;

  /**
   * @param {Prepared} prepared
   * @param {boolean} throws whether an exit code other than 0 rejects
   */
  constructor(prepared, throws) {
    let resolve, reject;
    super((/** @type {any} */ settle, /** @type {any} */ fail) => {
      resolve = settle;
      reject = fail;
    });
    this.#resolve = /** @type {any} */ (resolve);
    this.#reject = /** @type {any} */ (reject);
    this.#prepared = prepared;
    this.#throws = throws;
    // It costs more than a short script; one that cannot fail does without.
    if (!prepared?.script?.sure) Error.captureStackTrace((this.#place = {}), ShellPromise);
  }

  /** @param {string} [newCwd] @returns {this} */
  cwd(newCwd) {
    this.#mustNotRun();
    if (newCwd !== undefined) this.#prepared.cwd = newCwd === '' ? undefined : String(newCwd);
    return this;
  }

  /** @param {Record<string, any>} [newEnv] @returns {this} @throws ERR_INVALID_ARG_TYPE */
  env(newEnv = process.env) {
    this.#mustNotRun();
    if (newEnv === null || typeof newEnv !== 'object') throw ERR_INVALID_ARG_TYPE('env must be an object');
    this.#prepared.env = Object.entries(newEnv).map(entryOf).join('\0');
    return this;
  }

  /** @param {boolean} [isQuiet] @returns {this} */
  quiet(isQuiet = true) {
    this.#mustNotRun();
    this.#quiet = Boolean(isQuiet);
    return this;
  }

  /** @returns {this} */
  nothrow() {
    return this.throws(false);
  }

  /** @param {boolean} doThrow @returns {this} */
  throws(doThrow) {
    this.#throws = Boolean(doThrow);
    return this;
  }

  /** @param {BufferEncoding} [encoding] @returns {Promise<string>} */
  text(encoding) {
    return this.#read((output) => output.text(encoding));
  }

  /** @returns {Promise<any>} */
  json() {
    return this.#read((output) => output.json());
  }

  /** @returns {AsyncGenerator<string>} the last line is what follows the last line end, as in Bun */
  async *lines() {
    const text = await this.text();
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      yield text.slice(start, end);
      start = end + 1;
    }
    yield text.slice(start);
  }

  /** @returns {Promise<ArrayBuffer>} */
  arrayBuffer() {
    return this.#read((output) => output.arrayBuffer());
  }

  /** @returns {Promise<Uint8Array>} */
  bytes() {
    return this.#read((output) => output.bytes());
  }

  /** @returns {Promise<Blob>} */
  blob() {
    return this.#read((output) => output.blob());
  }

  /**
   * Waits for the output, quietly, and reads it.
   *
   * @param {(output: any) => any} reader of a `ShellOutput`
   * @returns {Promise<any>}
   */
  #read(reader) {
    try {
      this.quiet();
    } catch (error) {
      return Promise.reject(error);
    }
    this.#start();
    return super.then(reader);
  }

  /** Starts the script now, if it does not run yet. @returns {this} */
  run() {
    if (!this.#hasRun) this.#start();
    return this;
  }

  /** @param {any} [onfulfilled] @param {any} [onrejected] @returns {Promise<any>} */
  then(onfulfilled, onrejected) {
    if (!this.#hasRun) this.#start();
    return super.then(onfulfilled, onrejected);
  }

  #mustNotRun() {
    if (this.#hasRun) throw new Error('Shell is already running');
  }

  #start() {
    if (!(this.#prepared instanceof Prepared)) throw new Error('shell: expected a ParsedShellScript'); // made by others
    this.#hasRun = true;
    try {
      const { script, values, cwd } = this.#prepared;
      if (script.quick && values.every(isText)) {
        const directory = cwd === undefined ? process.cwd() : directoryOf(cwd);
        return this.#finish(engine.runQuick(script, values, directory, this.#quiet));
      }
      const given = values.map((value, i) =>
        typeof value === 'object' && !Array.isArray(value) ? memoryOf(value, script.uses[i]) : value,
      );
      if (!given.includes(undefined)) return this.#run(given);
      const waits = given.map((value, i) => value ?? contentOf(values[i]));
      return void Promise.all(waits)
        .then((ready) => this.#run(ready))
        .catch(this.#reject);
    } catch (error) {
      return this.#reject(error);
    }
  }

  /** @param {any[]} values for the engine */
  #run(values) {
    const { script, cwd, env } = this.#prepared;
    /** @type {Map<number, any>} */
    const readers = new Map();
    const request = {
      values,
      environment: script.closed ? undefined : (env ?? defaultEnvironment()),
      closed: script.closed,
      directory: cwd === undefined ? process.cwd() : directoryOf(cwd),
      arguments: script.closed ? undefined : process.argv,
      quiet: this.#quiet,
    };
    engine.start(script, request, {
      done: (result) => {
        for (const reader of readers.values()) reader.cancel().catch(() => {});
        this.#finish(result);
      },
      reader: (value) => {
        let reader = readers.get(value);
        if (!reader) readers.set(value, (reader = streamOf(this.#prepared.values[value])?.getReader()));
        return reader;
      },
    });
  }

  /** @param {any[]} result */
  #finish([exitCode, stdout, stderr, ...written]) {
    for (const [value, bytes] of written) store(this.#prepared.values[value], bytes);
    this.#prepared.script.done();
    const output = new ShellOutput(bufferOf(stdout), bufferOf(stderr), exitCode);
    if (exitCode === 0 || !this.#throws) return this.#resolve(output);
    const error = new ShellError();
    error.initialize(output, this.#place);
    return this.#reject(error);
  }
}

/** @param {any} value */
function isText(value) {
  return typeof value === 'string';
}

/** @param {[string, any]} entry @returns {string} */
function entryOf([name, value]) {
  if (value === undefined) return '';
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  const text = `${name}=${value}`;
  return text.includes('\0') ? '' : text; // no program can be given it
}

function defaultEnvironment() {
  if (process.env === hostEnvironment) return undefined;
  return Object.entries(process.env).map(entryOf).join('\0');
}

/** @param {string} cwd */
function directoryOf(cwd) {
  const directory = path.isAbsolute(cwd) ? cwd : path.resolve(cwd);
  try {
    if (fs.statSync(directory).isDirectory()) return directory;
    throw failure('ENOTDIR', 20, 'Not a directory', directory);
  } catch (/** @type {any} */ error) {
    if (error.syscall === 'open') throw error;
    const words = {
      ENOENT: 'No such file or directory',
      ENAMETOOLONG: 'File name too long',
      EACCES: 'Permission denied',
    };
    throw failure(error.code, -error.errno, words[/** @type {'ENOENT'} */ (error.code)] ?? error.message, directory);
  }
}

/** As Bun: the error of opening the directory. @param {string} code @param {number} errno @param {string} message @param {string} directory */
function failure(code, errno, message, directory) {
  return Object.assign(new Error(message), { code, path: directory, syscall: 'open', errno: -errno });
}

/** @param {Buffer | ArrayBuffer} bytes */
function bufferOf(bytes) {
  return bytes instanceof ArrayBuffer ? Buffer.from(bytes) : bytes;
}

module.exports = { ShellPromise, Prepared, entryOf };
