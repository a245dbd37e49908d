'use strict';

const { codeError } = require('../internal/errors');
const { reactor, listen, hold } = require('./child-events');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const COLUMNS = 80;
const ROWS = 24;
const MOST = 0xffff;
const NAME = 128;
/** As `exit` tells it. */
const ENDED = 0;
const BROKEN = 1;
/** Words of modes, as the engine numbers them. */
const INPUT = 0;
const OUTPUT = 1;
const LOCAL = 2;
const CONTROL = 3;

/**
 * `Bun.Terminal`: a pseudo-terminal that children can have as theirs.
 *
 * @see https://bun.com/docs/runtime/child-process#terminal-pty-support
 */
class Terminal {
  /** @type {{ id: number, output: number, input: number, path: string }} */
  #native;
  #options;
  #closed = false;
  #held = false;
  /** Writes that the terminal has not taken yet. */
  #behind = 0;
  #told = false;

  /**
   * @param {import('bun').TerminalOptions} options
   * @throws an `Error` without options or for a name that is too long; ERR_INVALID_ARG_TYPE; the system's error of `openpty`
   */
  constructor(options = /** @type {any} */ (undefined)) {
    if (options === null || typeof options !== 'object')
      throw new Error('Terminal constructor requires an options object');
    checkName(options.name);
    const { cols, rows, data, exit, drain } = /** @type {any} */ (options);
    this.#options = { data: callable(data), exit: callable(exit), drain: callable(drain) };
    this.#native = reactor().openTerminal(sizeOf(cols) ?? COLUMNS, sizeOf(rows) ?? ROWS);
    listen(this.#native.output, {
      onData: (bytes) => this.#options.data?.call(this, this, Buffer.from(bytes)),
      onEnd: () => this.#tell(BROKEN),
    });
    listen(this.#native.input, { onWritten: () => this.#drained() });
    this.ref();
  }

  /** @param {any} terminal @returns {string} where a child opens it */
  static pathOf(terminal) {
    return terminal.#native.path;
  }

  /** The terminal ends with the children that have it. @param {any} terminal */
  static release(terminal) {
    reactor().releaseTerminal(terminal.#native.id);
  }

  get closed() {
    return this.#closed;
  }

  /** @param {string | ArrayBufferView | ArrayBuffer} data @returns {number} bytes, all of which are taken @throws an `Error` */
  write(data) {
    this.#check();
    if (data == null) throw new Error('write() requires data argument');
    const bytes = bytesOf(data);
    if (bytes.byteLength === 0) return 0;
    const done = this.#behind > 0 ? 0 : reactor().typeTerminal(this.#native.id, bytes);
    if (done < bytes.byteLength) {
      this.#behind += 1;
      const errno = reactor().writePipe(this.#native.input, bytes.subarray(done));
      if (errno >= 0) setImmediate(() => this.#drained()); // it went at once
    }
    return bytes.byteLength;
  }

  #drained() {
    if (this.#behind === 0) return;
    this.#behind = 0;
    this.#options.drain?.call(this, this);
  }

  /** @param {number} cols 1 to 65535 @param {number} rows @throws an `Error` */
  resize(cols, rows) {
    this.#check();
    if (!isSize(cols)) throw new Error('resize() requires valid cols argument');
    if (!isSize(rows)) throw new Error('resize() requires valid rows argument');
    reactor().resizeTerminal(this.#native.id, Math.trunc(cols), Math.trunc(rows));
  }

  /** @param {boolean} enabled @throws an `Error` when the terminal is closed */
  setRawMode(enabled) {
    this.#check();
    reactor().setTerminalRaw(this.#native.id, Boolean(enabled));
  }

  ref() {
    if (this.#held || this.#closed || this.#told) return;
    this.#held = true;
    hold(1);
  }

  unref() {
    if (!this.#held) return;
    this.#held = false;
    hold(-1);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.unref();
    const engine = reactor();
    engine.closePipe(this.#native.input);
    engine.closePipe(this.#native.output);
    engine.closeTerminal(this.#native.id);
    this.#tell(ENDED);
  }

  async [Symbol.asyncDispose]() {
    this.close();
  }

  get inputFlags() {
    return this.#modes(INPUT);
  }

  set inputFlags(flags) {
    this.#setModes(INPUT, flags);
  }

  get outputFlags() {
    return this.#modes(OUTPUT);
  }

  set outputFlags(flags) {
    this.#setModes(OUTPUT, flags);
  }

  get localFlags() {
    return this.#modes(LOCAL);
  }

  set localFlags(flags) {
    this.#setModes(LOCAL, flags);
  }

  get controlFlags() {
    return this.#modes(CONTROL);
  }

  set controlFlags(flags) {
    this.#setModes(CONTROL, flags);
  }

  get [Symbol.toStringTag]() {
    return 'Terminal';
  }

  /** @param {number} _depth @param {any} options @param {Function} inspect */
  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    const { closed, controlFlags, inputFlags, localFlags, outputFlags } = this;
    return `Terminal ${inspect({ closed, controlFlags, inputFlags, localFlags, outputFlags }, options)}`;
  }

  /** @param {number} which */
  #modes(which) {
    return this.#closed ? 0 : reactor().terminalModes(this.#native.id, which);
  }

  /** @param {number} which @param {any} flags cut to 32 bits, negative ones to none */
  #setModes(which, flags) {
    if (this.#closed) return;
    const bits = Math.min(Math.max(Math.trunc(Number(flags)) || 0, 0), 0xffffffff);
    reactor().setTerminalModes(this.#native.id, which, bits);
  }

  #check() {
    if (this.#closed) throw new Error('Terminal is closed');
  }

  /** @param {number} status */
  #tell(status) {
    if (this.#told) return;
    this.#told = true;
    this.unref();
    this.#options.exit?.call(this, this, status, null);
  }
}

/** @param {any} name */
function checkName(name) {
  if (name === undefined || name === null) return;
  if (typeof name !== 'string')
    throw ERR_INVALID_ARG_TYPE(`The "name" property must be of type string, got ${typeof name}`);
  if (name.length > NAME) throw new Error(`Terminal name too long (max ${NAME} characters)`);
}

/** @param {any} value */
const callable = (value) => (typeof value === 'function' ? value : undefined);

/** @param {any} value @returns {number | undefined} */
function sizeOf(value) {
  const size = Math.trunc(Number(value));
  return size >= 1 && size <= MOST ? size : undefined;
}

/** @param {any} value */
const isSize = (value) => typeof value === 'number' && sizeOf(value) !== undefined;

/** @param {any} data @returns {Uint8Array} */
function bytesOf(data) {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new Error('write() argument must be a string or ArrayBuffer');
}

for (const name of Object.getOwnPropertyNames(Terminal.prototype)) {
  if (name !== 'constructor') Object.defineProperty(Terminal.prototype, name, { enumerable: true });
}

module.exports = Terminal;
