'use strict';

/**
 * The channel to a parent, where that is Bun: Node, which has opened it, speaks another format for `advanced`.
 *
 * Bun greets at once, so what comes first says who is there. Where Linux tells that the parent is Bun, what the program
 * sends before that waits for it.
 */

const fs = require('node:fs');
const { isGreeting, isBun } = require('./ipc-bun-format');

/** Looks at who the parent is; Node's handle of the channel is the value of a symbol of `process`. */
function meetParent() {
  const symbol = Object.getOwnPropertySymbols(process).find((each) => each.description === 'kChannelHandle');
  const handle = symbol && /** @type {any} */ (process)[symbol];
  if (typeof handle?.onread !== 'function') return;
  const { onread } = handle;
  const { send } = process;
  /** @type {unknown[][]} */
  const early = [];
  const hold = (.../** @type {any[]} */ given) => early.push([structuredClone(given[0]), ...given.slice(1)]) > 0;
  if (expectsBun()) process.send = hold;
  handle.onread = /** @this {any} */ function (/** @type {ArrayBuffer | undefined} */ bytes) {
    handle.onread = onread;
    if (process.send === hold) process.send = send;
    const first = bytes && Buffer.from(bytes);
    if (first && isGreeting(first)) speakBun(handle, first);
    else Reflect.apply(onread, this, [bytes]);
    for (const given of early) Reflect.apply(/** @type {any} */ (process.send), process, given);
  };
}

/** Whether the parent is Bun and speaks `advanced`. Node takes the variable that says so out of `process.env`. */
function expectsBun() {
  try {
    if (!isBun(`/proc/${process.ppid}/exe`)) return false;
    return fs.readFileSync('/proc/self/environ', 'latin1').includes('NODE_CHANNEL_SERIALIZATION_MODE=advanced\0');
  } catch {
    return false;
  }
}

/** @param {any} handle @param {Buffer} first */
function speakBun(handle, first) {
  const { Channel } = require('./ipc-channel');
  /** @type {unknown[]} messages that came before anybody listened */
  const waiting = [];
  const deliver = () => {
    while (waiting.length > 0 && process.listenerCount('message') > 0)
      process.emit('message', waiting.shift(), undefined);
  };
  process.on('newListener', (name) => {
    if (name === 'message') process.nextTick(deliver);
  });
  handle.readStop(); // the channel starts anew, which it must not twice
  const channel = new Channel(
    { handle },
    { serialization: 'advanced', first },
    (message) => {
      waiting.push(message);
      process.nextTick(deliver);
    },
    () => {
      if (process.connected) process.disconnect?.();
    },
  );
  const send = /** @type {any} */ (process.send);
  process.send = (/** @type {any} */ message, /** @type {any[]} */ ...rest) => {
    if (!process.connected) return Reflect.apply(send, process, [message, ...rest]);
    const done = rest.find((each) => typeof each === 'function');
    return channel.send(message, done && (() => done(null)));
  };
}

module.exports = { meetParent };
