'use strict';

/**
 * Asynchronous children for `node:child_process`: the process is started and watched by the engine of `Bun.spawn`, which
 * does not copy the host's page tables as `fork` does. All else, from the arguments to the streams and the channel, is
 * Node's `ChildProcess`, whose handle is lent other methods; what the engine does not do goes to the handle's own.
 */

const { AsyncResource } = require('node:async_hooks');
const { ChildProcess } = require('node:child_process');
const { isAbsolute, resolve } = require('node:path');
const { hold, listen, reactor } = require('../bun/child-events');
const { signalName } = require('../bun/kill-signal');
const { find } = require('../bun/which');

/** What `uv_kill` says of a process that has ended. */
const ESRCH = -3;
const NOTHING = -1;
const SOCKET = -4;

/** @type {any} */
const { prototype } = ChildProcess;
const { spawn: nodesSpawn } = prototype;

/** @typedef {{ file: string, args?: string[], cwd?: string, envPairs?: string[], stdio: any[], detached?: boolean, uid?: number, gid?: number }} Wanted what Node asks its handle for */

/**
 * Calls one of Node's functions that make children, and starts those that it makes at once.
 *
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function quickly(call) {
  const before = prototype.spawn;
  if (before !== nodesSpawn) return call(); // one of ours further up, or somebody else's
  prototype.spawn = spawn;
  try {
    return call();
  } finally {
    prototype.spawn = before;
  }
}

/** @this {any} @param {any} options */
function spawn(options) {
  const handle = this._handle;
  const { spawn: nodes } = handle;
  lend(handle, 'spawn', (/** @type {Wanted} */ wanted) => {
    delete handle.spawn;
    return start(handle, wanted) ? 0 : nodes.call(handle, wanted);
  });
  return nodesSpawn.call(this, options);
}

/** @param {any} handle @param {string} name @param {Function} method */
function lend(handle, name, method) {
  Object.defineProperty(handle, name, { value: method, writable: true, configurable: true });
}

/** Starts it if the engine can. @param {any} handle @param {Wanted} wanted @returns {boolean} */
function start(handle, wanted) {
  const slots = slotsOf(wanted.stdio);
  const program = slots && programOf(wanted);
  if (!slots || !program) return false;
  const { file, args, cwd, envPairs, detached } = wanted;
  let child;
  try {
    child = reactor().spawn({
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
    if (slots[slot] === SOCKET) stream.handle.open(child.slots[slot]);
  });
  attend(handle, child);
  return true;
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
  if (typeof file !== 'string' || (cwd != null && (typeof cwd !== 'string' || cwd === ''))) return undefined;
  if (file.includes('/')) return isAbsolute(file) || cwd == null ? file : resolve(cwd, file);
  const path = envPairs ? envPairs.findLast((pair) => pair.startsWith('PATH='))?.slice(5) : process.env.PATH;
  return path === undefined ? undefined : find(file, path, cwd);
}

/** @param {any} handle @param {{ id: number, pid: number }} child */
function attend(handle, { id, pid }) {
  const resource = new AsyncResource('PROCESSWRAP');
  let holds = true;
  let ended = false;
  const keep = (/** @type {boolean} */ on) => {
    if (!ended && on !== holds) hold(on ? 1 : -1);
    holds = on;
  };
  listen(id, {
    onExit([code, signal]) {
      keep(false);
      ended = true;
      if (signal === 0) resource.runInAsyncScope(handle.onexit, handle, code, '');
      else resource.runInAsyncScope(handle.onexit, handle, 0, signalName(signal));
    },
  });
  hold(1);
  handle.pid = pid;
  lend(handle, 'ref', () => keep(true));
  lend(handle, 'unref', () => keep(false));
  lend(handle, 'hasRef', () => holds && !ended);
  lend(handle, 'kill', (/** @type {number} */ signal) => {
    try {
      return reactor().kill(id, signal) ? 0 : ESRCH;
    } catch (error) {
      return /** @type {any} */ (error).errno;
    }
  });
  lend(handle, 'close', (/** @type {any[]} */ ...given) => {
    delete handle.close;
    // A handle of Node's that has never started anything cannot be closed and stays for ever. This start is refused
    // before anything happens.
    handle.spawn({ file: '/', args: ['/'], stdio: [{ type: 'fd', fd: -1 }] });
    handle.close(...given);
  });
}

/**
 * Whether Node's handles can be lent. Since libuv 1.52 one that was refused a start is spoilt: closing it corrupts the
 * loop's list of handles, and not closing it keeps its memory for ever. Elsewhere than on Linux no descriptor tells of a
 * child's end.
 */
function canLend() {
  const [major, minor] = process.versions.uv.split('.').map(Number);
  return process.platform === 'linux' && major === 1 && minor < 52;
}

module.exports = { canLend, quickly };
