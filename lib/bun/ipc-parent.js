'use strict';

/**
 * The channel to a parent, where that is Bun: Node, which has opened it, speaks another format for `advanced`.
 *
 * Bun greets at once, so what comes first says who is there. Where Linux tells before that it is Bun, the program's
 * first message takes the channel over: it is written then, as in Bun, and not lost when the program ends after it.
 */

const fs = require('node:fs');
const { isGreeting, isBun, isNode } = require('./ipc-bun-format');

/** Looks at who the parent is; Node's handle of the channel is the value of a symbol of `process`. */
function meetParent() {
  const symbol = Object.getOwnPropertySymbols(process).find((each) => each.description === 'kChannelHandle');
  const handle = symbol && /** @type {any} */ (process)[symbol];
  if (typeof handle?.onread !== 'function') return;
  const { onread } = handle;
  const { send } = process;
  const first = (/** @type {any[]} */ ...given) => {
    // Who has kept this function calls it again.
    if (process.send === first) speakBun(handle, send);
    return Reflect.apply(/** @type {any} */ (process.send), process, given);
  };
  handle.onread = /** @this {any} */ function (/** @type {ArrayBuffer | undefined} */ bytes) {
    handle.onread = onread;
    const greeting = bytes && Buffer.from(bytes);
    if (greeting && isGreeting(greeting)) return speakBun(handle, send, greeting);
    if (process.send === first) process.send = send;
    return Reflect.apply(onread, this, [bytes]);
  };
  if (expectsBun()) process.send = first;
}

/** Whether the parent is Bun and speaks `advanced`. Node takes the variable that says so out of `process.env`. */
function expectsBun() {
  try {
    const environment = fs.readFileSync('/proc/self/environ', 'latin1');
    return environment.includes('NODE_CHANNEL_SERIALIZATION_MODE=advanced\0') && isBun(opener());
  } catch {
    return false;
  }
}

/** The program that opened the channel: what stands between (a shell, `env`) does not. */
function opener() {
  let id = process.ppid;
  for (;;) {
    const program = `/proc/${id}/exe`;
    if (isBun(program) || isNode(program)) return program;
    id = Number(/^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${id}/status`, 'latin1'))?.[1]);
  }
}

/** @param {any} handle @param {any} send Node's @param {Buffer} [first] what came */
function speakBun(handle, send, first) {
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
    { serialization: 'advanced', format: 'bun', first },
    (message) => {
      waiting.push(message);
      process.nextTick(deliver);
    },
    () => {
      if (process.connected) process.disconnect?.();
    },
  );
  process.send = (/** @type {any} */ message, /** @type {any[]} */ ...rest) => {
    if (!process.connected) return Reflect.apply(send, process, [message, ...rest]);
    const done = rest.find((each) => typeof each === 'function');
    return channel.send(message, done && (() => done(null)));
  };
}

module.exports = { meetParent };
