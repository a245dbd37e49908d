'use strict';

/**
 * The shells of this environment, and what their threads tell it.
 */

const path = require('node:path');
const { isMainThread } = require('node:worker_threads');
const { native } = require('../internal/native');

/**
 * @typedef {object} Listener
 * @property {(result: any[]) => void} done gets `[exit code, stdout, stderr, [value, bytes]…]`
 * @property {(value: number) => any} reader of the stream that is a value
 */

/** @type {Map<number, Listener>} */
const running = new Map();
/** @type {any} */
let binding;

/** The engine, with this environment's mailbox open. */
function engine() {
  if (!binding) {
    binding = native('bun-shell', 'shell');
    binding.openMailbox(dispatch, bunCommand());
  }
  return binding;
}

/** A parsed template; value `n` stands between part `n` and part `n + 1`. */
class Script {
  /** @param {string[]} parts @param {boolean} [once] whether it is run once only @throws {Error} when it does not parse */
  constructor(parts, once = false) {
    this.native = new (engine().ShellScript)(parts);
    this.once = once;
    /** The short way to run it, when there is one: `(scratch, directory, quiet, ...values)`, where each value is a text. */
    this.quick = once ? undefined : this.native.quick();
    /** Whether no command of it can fail. */
    this.sure = this.native.isSure();
    /** Whether it asks for no variable and no parameter. */
    this.closed = this.native.isClosed();
    /** What its values are used for: 0 text, 1 to be read, 2 to be written. */
    this.uses = Array.from({ length: parts.length - 1 }, (_, i) => this.native.useOf(i));
  }

  /** It has run. */
  done() {
    if (this.once) this.native.release();
  }
}

/** The words that stand for `bun`: our own command line. */
function bunCommand() {
  return [require('../cli/launcher').node, path.join(__dirname, '../../bin/dx-compat.js')];
}

/** Where short outputs of scripts that end at once are handed over. */
const scratch = Buffer.allocUnsafeSlow(8192);

/**
 * Runs a script.
 *
 * @param {Script} script
 * @param {object} request `ShellRequest` of the engine
 * @param {Listener} listener
 */
function start(script, request, listener) {
  const started = script.native.run(request, scratch);
  if (typeof started !== 'number') return listener.done(started);
  if (started < 0) return listener.done(unpacked(-1 - started));
  if (running.size === 0) binding.keepAlive(true);
  running.set(started, listener);
}

/**
 * Runs a script that has a short way: it has ended when this returns.
 *
 * @param {Script} script
 * @param {string[]} values
 * @param {string} directory
 * @param {boolean} quiet
 * @returns {any[]} as `Listener.done` gets it
 */
function runQuick(script, values, directory, quiet) {
  const ended = script.quick(scratch, directory, quiet, ...values);
  return typeof ended === 'number' ? unpacked(-1 - ended) : ended;
}

/** The result that a number and `scratch` hold. @param {number} packed */
function unpacked(packed) {
  const stdout = Math.floor(packed / 2 ** 8) % 2 ** 16;
  return [packed % 2 ** 8, taken(0, stdout), taken(stdout, Math.floor(packed / 2 ** 24))];
}

/** A copy of what `scratch` holds. @param {number} from @param {number} length */
function taken(from, length) {
  const bytes = Buffer.allocUnsafe(length);
  // A call costs more than a few bytes.
  if (length > 32) scratch.copy(bytes, 0, from, from + length);
  else for (let i = 0; i < length; i++) bytes[i] = scratch[from + i];
  return bytes;
}

function dispatch() {
  const events = binding.takeEvents();
  for (let i = 0; i < events.length; i += 2) {
    const listener = running.get(events[i]);
    if (!listener) continue;
    if (typeof events[i + 1] === 'number') {
      feed(events[i], events[i + 1], listener);
      continue;
    }
    if (typeof events[i + 1] === 'string') {
      listen(events[i], events[i + 1].split(' '));
      continue;
    }
    running.delete(events[i]);
    if (traps.has(events[i])) listen(events[i], []);
    listener.done(events[i + 1]);
  }
  if (running.size === 0) binding.keepAlive(false);
}

/** What listens to the process's signals for the traps of a script, by the script. @type {Map<number, Map<string, () => void>>} */
const traps = new Map();

/** Brings a script the signals that it has traps for, and no others. @param {number} id @param {string[]} names */
function listen(id, names) {
  if (!isMainThread) return; // workers are told of no signals
  const before = traps.get(id) ?? new Map();
  const now = new Map();
  for (const name of names.filter(Boolean)) {
    const listener = before.get(name) ?? (() => binding.signal(id, name));
    try {
      if (!before.delete(name)) process.on(name, listener);
      now.set(name, listener);
    } catch {
      // this platform does not have it
    }
  }
  for (const [name, listener] of before) process.off(name, listener);
  if (now.size > 0) traps.set(id, now);
  else traps.delete(id);
}

/** Gives a shell the piece of a stream that it waits for. @param {number} id @param {number} value @param {Listener} listener */
async function feed(id, value, listener) {
  let piece;
  try {
    const read = await listener.reader(value)?.read();
    if (read && !read.done) piece = bytesOf(read.value);
  } catch {
    // a stream that fails has ended: the command sees the end of its input
  }
  if (running.has(id)) binding.feed(id, value, piece);
}

/** @param {any} piece @returns {Uint8Array} */
function bytesOf(piece) {
  if (piece instanceof Uint8Array) return piece;
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  return Buffer.from(String(piece));
}

/** What the braces of a pattern expand to. @param {string} pattern @returns {string[]} */
function braces(pattern) {
  return engine().expandBraces(pattern);
}

module.exports = { Script, start, runQuick, braces };
