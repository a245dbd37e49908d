'use strict';

/**
 * What a shell leaves: `ShellOutput`, or `ShellError` when its exit code is not 0.
 *
 * @see https://bun.com/docs/runtime/shell#reading-output
 */

/** @typedef {{ stdout: Buffer, stderr: Buffer, exitCode: number }} Output */

/** @param {Buffer} buffer its bytes, in memory of their own */
function bytesOf(buffer) {
  return new Uint8Array(buffer);
}

/** The readers of both classes, which read `stdout`. */
const readers = {
  /** @this {Output} @param {BufferEncoding} [encoding] */
  text(encoding) {
    return this.stdout.toString(encoding);
  },
  /** @this {Output} @returns {any} */
  json() {
    return require('../bun/parse-json').parseJson(this.stdout.toString());
  },
  /** @this {Output} */
  arrayBuffer() {
    return bytesOf(this.stdout).buffer;
  },
  /** @this {Output} */
  bytes() {
    return bytesOf(this.stdout);
  },
  /** @this {Output} */
  blob() {
    return new Blob([/** @type {any} */ (this.stdout)]);
  },
};

class ShellOutput {
  /** @param {Buffer} stdout @param {Buffer} stderr @param {number} exitCode */
  constructor(stdout, stderr, exitCode) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }
}

class ShellError extends Error {
  /** @type {{ exitCode: number, stderr: Buffer, stdout: Buffer } | undefined} */
  info = undefined;
  /** @type {any} */
  exitCode = undefined;
  /** @type {any} */
  stdout = undefined;
  /** @type {any} */
  stderr = undefined;

  /**
   * Gives a fresh error its facts.
   *
   * @param {ShellOutput} output
   * @param {{ stack?: string }} [place] where the shell was asked for
   */
  initialize({ stdout, stderr, exitCode }, place) {
    const message = `Failed with exit code ${exitCode}`;
    define(this, 'message', message);
    define(this, 'name', 'ShellError');
    this.info = { exitCode, stderr, stdout };
    Object.assign(this, { exitCode, stdout, stderr });
    const frames = (place ?? this).stack ?? '';
    define(this, 'stack', `ShellError: ${message}${frames.slice(frames.indexOf('\n'))}`);
  }
}

/** @param {object} target @param {string} name @param {unknown} value */
function define(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}

for (const Class of [ShellOutput, ShellError]) {
  for (const [name, reader] of Object.entries(readers)) define(Class.prototype, name, reader);
}

module.exports = { ShellOutput, ShellError };
