'use strict';

/**
 * What the engine tells of children and their pipes, handed to whom it concerns.
 */

const { native } = require('../internal/native');

const DATA = 0;
const END = 1;
const WRITTEN = 2;

/** @typedef {{ onData?(bytes: ArrayBuffer): void, onEnd?(errno: number): void, onWritten?(errno: number): void, onExit?(facts: Float64Array): void }} Listener */

/** @type {Map<number, Listener>} */
const listeners = new Map();
/** @type {any} */
let engine;
let reasons = 0;

/** The engine, which this environment's loop watches. */
function reactor() {
  if (!engine) {
    engine = native('node-core', 'process');
    if (!engine.watchChildren) {
      throw require('../internal/errors').ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(
        'Bun.spawn',
        `not built for ${process.platform}`,
      );
    }
    engine.watchChildren(dispatch);
  }
  return engine;
}

/** @param {number} id @param {Listener} listener */
function listen(id, listener) {
  listeners.set(id, listener);
}

/** @param {number} id what nothing more will be told of */
function unlisten(id) {
  listeners.delete(id);
}

/** One more or one fewer reason (a child, a read under way) for the program to go on. @param {1 | -1} change */
function hold(change) {
  const before = reasons;
  reasons += change;
  if (before === 0 || reasons === 0) engine.keepAlive(reasons > 0);
}

function dispatch() {
  const events = engine.takeEvents();
  for (let i = 0; i < events.length; i += 3) {
    const listener = listeners.get(events[i + 1]);
    if (!listener) continue;
    try {
      tell(listener, events[i], events[i + 1], events[i + 2]);
    } catch (error) {
      setImmediate(() => {
        throw error;
      }); // an uncaught exception that does not stop the other children's events
    }
  }
}

/** @param {Listener} listener @param {number} kind @param {number} id @param {any} value */
function tell(listener, kind, id, value) {
  if (kind === DATA) return listener.onData?.(value);
  if (kind === WRITTEN) return listener.onWritten?.(value);
  listeners.delete(id);
  if (kind === END) return listener.onEnd?.(value);
  return listener.onExit?.(new Float64Array(value));
}

/** @param {number} errno @param {'read' | 'write'} syscall what failed */
function pipeError(errno, syscall) {
  const { makeError } = require('../internal/errors');
  const [code, text] = require('node:util').getSystemErrorMap().get(-errno) ?? ['EIO', 'i/o error'];
  return makeError('Error', code, `${code}: ${text}, ${syscall}`, { errno: -errno, syscall });
}

module.exports = { reactor, listen, unlisten, hold, pipeError };
