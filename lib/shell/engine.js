'use strict';

/**
 * The shells of this environment, and what their threads tell it.
 */

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
    binding.openMailbox(dispatch);
  }
  return binding;
}

/** Parses a template; value `n` stands between part `n` and part `n + 1`. @param {string[]} parts */
function compile(parts) {
  return new (engine().ShellScript)(parts);
}

/**
 * Runs a script.
 *
 * @param {any} script from `compile`
 * @param {object} request `ShellRequest` of the engine
 * @param {Listener} listener
 */
function start(script, request, listener) {
  const started = script.run(request);
  if (typeof started !== 'number') return listener.done(started);
  if (running.size === 0) binding.keepAlive(true);
  running.set(started, listener);
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
    running.delete(events[i]);
    listener.done(events[i + 1]);
  }
  if (running.size === 0) binding.keepAlive(false);
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

module.exports = { compile, start, braces };
