'use strict';

/**
 * What `ChildProcess` of Node holds as its handle, on the engine of `Bun.spawn`: it does not copy the host's page tables
 * as `fork` does, and a child's end comes from a pidfd. It has the interface of Node's own handle and is none, so that
 * libuv knows nothing of it. What the engine does not do is handed on to one of Node's.
 */

const { AsyncResource } = require('node:async_hooks');
const { ChildProcess } = require('node:child_process');
const { isAbsolute, resolve } = require('node:path');
const { hold, listen, reactor } = require('../bun/child-events');
const { signalName } = require('../bun/kill-signal');
const { find } = require('../bun/which');
const { nameOf } = require('./child-options');

/** What `uv_kill` says of a process that has ended. */
const ESRCH = -3;
const NOTHING = -1;
const SOCKET = -4;
/** Node's `kProcessFlagDetached`. */
const DETACHED = 1;

/** @typedef {{ file: string, args?: unknown[], cwd?: string, envPairs?: string[], stdio: any[], detached: boolean, uid?: number, gid?: number }} Wanted what Node asks its handle for */

class ProcessHandle {
  #id = NOTHING;
  #holds = true;
  #runs = false;
  #resource = new AsyncResource('PROCESSWRAP', { requireManualDestroy: true });
  /** @type {any} */
  #child;
  /** @type {number | undefined} */
  pid = undefined;

  /** @param {any} child whose handle it is @param {(code: number, signal: string) => void} onexit */
  constructor(child, onexit) {
    this.#child = child;
    this.onexit = onexit;
  }

  /** @param {any[]} given one by one, or (before Node 24) as members of one object */
  spawn(...given) {
    const [file, args, cwd, envPairs, stdio, flags, uid, gid] = given;
    const wanted =
      typeof file === 'object'
        ? file
        : { file, args, cwd, envPairs, stdio, detached: (flags & DETACHED) !== 0, uid, gid };
    return this.#start(wanted) ? 0 : this.#handOn(given);
  }

  /** @param {Wanted} wanted @returns {boolean} whether the engine has started it */
  #start(wanted) {
    const slots = slotsOf(wanted.stdio);
    const program = slots && programOf(wanted);
    if (!slots || !program) return false;
    const { file, args, cwd, envPairs, detached } = wanted;
    let started;
    try {
      started = reactor().spawn({
        // As in Node nobody gets at a child by way of `Object.prototype`.
        __proto__: null,
        program,
        arguments: (args ?? [file]).join('\0'),
        environment: envPairs?.join('\0'),
        directory: cwd ?? undefined,
        slots: Int32Array.from(slots),
        blocking: true,
        detached: Boolean(detached),
        lazy: false,
      });
    } catch {
      return false; // Node says why
    }
    wanted.stdio.forEach((stream, slot) => {
      if (slots[slot] === SOCKET) stream.handle.open(started.slots[slot]);
    });
    this.#id = started.id;
    this.pid = started.pid;
    this.#runs = true;
    hold(1);
    listen(started.id, { onExit: (facts) => this.#ended(facts) });
    return true;
  }

  /** Gives the child one of Node's handles instead. @param {any[]} given @returns {number} an error, or 0 */
  #handOn(given) {
    const other = new ChildProcess();
    const { _handle: handle } = /** @type {any} */ (other);
    for (const symbol of Object.getOwnPropertySymbols(handle))
      if (handle[symbol] === other) handle[symbol] = this.#child;
    handle.onexit = this.onexit;
    this.#child._handle = handle;
    this.#resource.emitDestroy();
    return handle.spawn(...given);
  }

  /** @param {Float64Array} facts */
  #ended([code, signal]) {
    if (this.#holds) hold(-1);
    this.#runs = false;
    const [status, name] = signal === 0 ? [code, ''] : [0, nameOf(signalName(signal))];
    this.#resource.runInAsyncScope(this.onexit, this, status, name);
  }

  /** @param {number} signal @returns {number} an error, or 0 */
  kill(signal) {
    if (this.#id === NOTHING) return ESRCH;
    try {
      return reactor().kill(this.#id, signal) ? 0 : ESRCH;
    } catch (error) {
      return /** @type {any} */ (error).errno;
    }
  }

  ref() {
    this.#keep(true);
  }

  unref() {
    this.#keep(false);
  }

  hasRef() {
    return this.#runs && this.#holds;
  }

  /** @param {boolean} on */
  #keep(on) {
    if (this.#runs && on !== this.#holds) hold(on ? 1 : -1);
    this.#holds = on;
  }

  close() {
    this.#resource.emitDestroy();
  }

  getAsyncId() {
    return this.#resource.asyncId();
  }
}

/** @param {any[]} stdio as Node has normalized it @returns {number[] | undefined} */
function slotsOf(stdio) {
  const slots = [];
  for (const { type, fd, handle } of stdio) {
    if (type === 'pipe' || type === 'overlapped') slots.push(SOCKET);
    else if (type === 'ignore' && slots.length <= 2) slots.push(NOTHING);
    else if ((type === 'inherit' || type === 'fd') && Number.isInteger(fd) && fd >= 0) slots.push(fd);
    else if (type === 'wrap' && handle?.fd >= 0) slots.push(handle.fd);
    else return undefined;
  }
  return slots;
}

/** The path of the program, found as `execvp` does. @param {Wanted} wanted @returns {string | null | undefined} */
function programOf({ file, args, cwd, envPairs, uid, gid }) {
  if (uid != null || gid != null || args?.length === 0) return undefined;
  if (args?.some((each) => typeof each !== 'string')) return undefined;
  if (typeof file !== 'string' || (cwd != null && (typeof cwd !== 'string' || cwd === ''))) return undefined;
  if (file.includes('/')) return isAbsolute(file) || cwd == null ? file : resolve(cwd, file);
  const path = envPairs ? envPairs.findLast((pair) => pair.startsWith('PATH='))?.slice(5) : process.env.PATH;
  return path === undefined ? undefined : find(file, path, cwd);
}

module.exports = { ProcessHandle };
