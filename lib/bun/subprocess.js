'use strict';

/**
 * `Subprocess`: a child that runs beside the program.
 *
 * @see https://bun.com/docs/runtime/child-process
 */

const { codeError } = require('../internal/errors');
const { reactor, listen, hold } = require('./child-events');
const { ChildInput, feed } = require('./child-input');
const { ChildOutput } = require('./child-output');
const { signalNumber, signalName } = require('./kill-signal');
const { INPUT, OUTPUT, SOCKET } = require('./spawn-stdio');

const ERR_IPC_CHANNEL_CLOSED = codeError(Error, 'ERR_IPC_CHANNEL_CLOSED', (message) => message);
const SIGNALLED = 128;
const LONGEST_TIMER = 2 ** 31 - 1;
/** What `console.log` shows; looking at the streams would start reading a lazy one. */
const SHOWN = /** @type {const} */ (['pid', 'exitCode', 'signalCode', 'killed', 'connected', 'stdio', 'exited']);

class Subprocess {
  #id;
  #pid;
  #plan;
  /** @type {unknown[]} what stdin, stdout and stderr give */
  #standard;
  /** @type {(number | null)[]} */
  #stdio = [null, null, null];
  /** @type {ChildOutput[]} */
  #outputs = [];
  /** @type {ChildInput | undefined} */
  #input;
  /** @type {import('./ipc-channel').Channel | undefined} */
  #channel;
  /** @type {Float64Array | undefined} */
  #facts;
  #held = true;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {(() => void) | undefined} */
  #onAbort;
  #exited;
  /** @type {(code: number) => void} */
  #settle = () => {};

  /**
   * @param {{ id: number, pid: number, slots: number[] }} spawned
   * @param {import('./spawn-options').Plan} plan
   */
  constructor(spawned, plan) {
    this.#id = spawned.id;
    this.#pid = spawned.pid;
    this.#plan = plan;
    this.#exited = new Promise((resolve) => {
      this.#settle = resolve;
    });
    listen(this.#id, { onExit: (facts) => this.#onExit(facts) });
    hold(1);
    this.#standard = [0, 1, 2].map((slot) => this.#open(slot, spawned.slots[slot]));
    for (let slot = 3; slot < spawned.slots.length; slot++) this.#openExtra(slot, spawned.slots[slot]);
    this.#limit();
  }

  /** @param {number} slot @param {number} id */
  #open(slot, id) {
    const kind = this.#plan.request.slots[slot];
    if (kind === OUTPUT) {
      const output = new ChildOutput(id, this.#plan.request.lazy, this.#plan.maxBuffer, () => this.#end());
      this.#outputs[slot] = output;
      return output;
    }
    if (kind !== INPUT) return this.#plan.terminal ? null : this.#plan.given[slot];
    const sink = new ChildInput(id);
    this.#input = sink;
    const { input } = this.#plan;
    if (input === undefined) return sink;
    feed(sink, input);
    return input instanceof ReadableStream ? input : undefined;
  }

  /** @param {number} slot @param {number} descriptor */
  #openExtra(slot, descriptor) {
    if (slot === this.#plan.channel) {
      this.#connect(descriptor);
      return;
    }
    this.#stdio.push(this.#plan.request.slots[slot] === SOCKET ? descriptor : (this.#plan.given[slot] ?? null));
  }

  /** @param {number} descriptor */
  #connect(descriptor) {
    const { Channel, formatOf } = require('./ipc-channel');
    const { ipc, onDisconnect, serialization, request } = this.#plan;
    const format = serialization === 'advanced' ? formatOf(request.program) : undefined;
    this.#channel = new Channel(
      { fd: descriptor },
      { serialization, format, pid: this.#pid },
      (message) => ipc?.call(this, message, this, undefined),
      () => onDisconnect?.call(this, true),
    );
  }

  #limit() {
    const { timeout, signal } = this.#plan;
    if (timeout !== undefined) this.#wait(timeout);
    if (signal) {
      this.#onAbort = () => this.#end();
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  /** @param {number} timeout milliseconds; more than a timer takes are waited for in parts */
  #wait(timeout) {
    const part = Math.min(timeout, LONGEST_TIMER);
    this.#timer = setTimeout(() => (part < timeout ? this.#wait(timeout - part) : this.#end()), part);
    this.#timer.unref();
  }

  /** Ends the child because a limit was reached. */
  #end() {
    this.#signal(this.#plan.killSignal);
  }

  /** @param {number} number */
  #signal(number) {
    if (this.#facts) return;
    reactor().kill(this.#id, number);
  }

  /** @param {Float64Array} facts */
  #onExit(facts) {
    this.#facts = facts;
    this.#input?.onChildExit();
    clearTimeout(this.#timer);
    if (this.#onAbort) this.#plan.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#held) hold(-1);
    this.#held = false;
    const { exitCode, signalCode } = this;
    this.#settle(exitCode ?? SIGNALLED + facts[1]);
    const { onExit } = this.#plan;
    if (onExit) queueMicrotask(() => onExit.call(this, this, exitCode, signalCode, undefined));
  }

  get pid() {
    return this.#pid;
  }

  get exited() {
    return this.#exited;
  }

  get exitCode() {
    return this.#facts && this.#facts[1] === 0 ? this.#facts[0] : null;
  }

  get signalCode() {
    return this.#facts && this.#facts[1] !== 0 ? signalName(this.#facts[1]) : null;
  }

  /** Whether it has ended, of itself or by a signal. */
  get killed() {
    return this.#facts !== undefined;
  }

  get stdin() {
    return this.#standard[0];
  }

  get stdout() {
    return this.#outputs[1] ? this.#outputs[1].stream : this.#standard[1];
  }

  get stderr() {
    return this.#outputs[2] ? this.#outputs[2].stream : this.#standard[2];
  }

  get readable() {
    return this.stdout;
  }

  get writable() {
    return this.stdin;
  }

  get stdio() {
    return [...this.#stdio];
  }

  get terminal() {
    return this.#plan.terminal;
  }

  get connected() {
    return this.#channel?.connected ?? false;
  }

  /** @param {number | string} [signal] SIGTERM by default */
  kill(signal) {
    this.#signal(signalNumber(signal, true));
  }

  ref() {
    if (!this.#held && !this.#facts) {
      hold(1);
      this.#held = true;
    }
    this.#channel?.keepAlive(true);
  }

  unref() {
    if (this.#held) hold(-1);
    this.#held = false;
    this.#channel?.keepAlive(false);
  }

  /** @param {any} message */
  send(message) {
    if (this.#channel?.connected) return this.#channel.send(message);
    throw ERR_IPC_CHANNEL_CLOSED(
      this.#facts
        ? 'Subprocess.send() cannot be used after the process has exited.'
        : 'Subprocess.send() can only be used if an IPC channel is open.',
    );
  }

  disconnect() {
    this.#channel?.disconnect();
  }

  resourceUsage() {
    if (!this.#facts) return undefined;
    const { ResourceUsage } = require('./resource-usage');
    return new ResourceUsage(this.#facts);
  }

  async [Symbol.asyncDispose]() {
    if (!this.#facts) this.kill();
    await this.#exited;
  }

  /** @param {number} _depth @param {any} options @param {Function} inspect */
  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    const shown = {};
    for (const name of SHOWN) Object.defineProperty(shown, name, { value: this[name], enumerable: true });
    return `Subprocess ${inspect(shown, options)}`;
  }

  get [Symbol.toStringTag]() {
    return 'Subprocess';
  }
}

module.exports = { Subprocess };
