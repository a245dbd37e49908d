'use strict';

/**
 * `spawn` and `fork` of `node:child_process` with a handle of ours (`process-handle.js`). The child is one of Node's
 * `ChildProcess`, whose `spawn` does all that follows, from the streams to the channel; here is what comes before it, for
 * calls whose arguments are plain. All others are Node's.
 */

const childProcess = require('node:child_process');
const diagnostics = require('node:diagnostics_channel');
const EventEmitter = require('node:events');
const { debuglog, getSystemErrorName } = require('node:util');
const { isAny, isSwitch, isText, optionsOf, variablesOf } = require('./child-options');
const { ProcessHandle } = require('./process-handle');

const { ChildProcess, spawn: nodesSpawn, fork: nodesFork } = childProcess;
const made = diagnostics.channel('child_process');
const debug = debuglog('child_process');

/** @typedef {Record<string, any>} Plan what Node's `ChildProcess` is to start */

/** @type {import('./child-options').Plain} */
const PLAIN = {
  cwd: (value) => value == null || isText(value),
  env: (value) => !value || typeof value === 'object',
  argv0: (value) => value == null || isText(value),
  shell: (value) => isSwitch(value) || isText(value),
  detached: isSwitch,
  windowsHide: isSwitch,
  windowsVerbatimArguments: isSwitch,
  timeout: (value) => value == null || value === 0,
  // looked at by `ChildProcess`
  stdio: isAny,
  serialization: isAny,
  // looked at by `fork`
  silent: isAny,
  execPath: isText,
};

/**
 * What is to be started, as Node puts it together.
 *
 * @param {unknown} file
 * @param {unknown} args
 * @param {any} options
 * @returns {Plan | undefined} undefined for what is Node's to look at
 */
function planOf(file, args, options) {
  if (args !== null && typeof args === 'object' && !Array.isArray(args)) [args, options] = [undefined, args];
  const words = args == null ? [] : Array.isArray(args) ? [...args] : undefined;
  if (typeof file !== 'string' || file === '' || !words || ![file, ...words].every(isText)) return undefined;
  const own = optionsOf(options, PLAIN);
  const variables = own && variablesOf(own.env);
  if (!own || !variables) return undefined;
  if (own.shell) {
    if (words.length > 0) return undefined; // of which Node warns
    words.push('-c', file);
    file = typeof own.shell === 'string' ? own.shell : '/bin/sh';
  }
  words.unshift(own.argv0 ?? file);
  return {
    __proto__: null,
    ...own,
    args: words,
    cwd: own.cwd,
    detached: Boolean(own.detached),
    envPairs: variables.map(([name, value]) => `${name}=${value}`),
    file,
    windowsHide: Boolean(own.windowsHide),
    windowsVerbatimArguments: Boolean(own.windowsVerbatimArguments),
  };
}

/**
 * What Node's constructor makes, but for its handle.
 *
 * @this {any}
 */
function QuickChild() {
  Reflect.apply(EventEmitter, this, []);
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this._handle = new ProcessHandle(this, (code, signal) => end(this, code, signal));
}
QuickChild.prototype = ChildProcess.prototype;

/** @param {Plan} plan @returns {import('node:child_process').ChildProcess} */
function start(plan) {
  /** @type {any} */
  const child = Reflect.construct(QuickChild, []);
  child.spawn(plan);
  return child;
}

/** @param {any} child @param {number} code or below 0 the reason why nothing was started @param {string} signal */
function end(child, code, signal) {
  if (signal) child.signalCode = signal;
  else child.exitCode = code;
  child.stdin?.destroy();
  child._handle.close();
  child._handle = null;
  if (code < 0) child.emit('error', refusal(child, code));
  else child.emit('exit', child.exitCode, child.signalCode);
  // The program may look at what is left in the streams first; then it goes, so that they end.
  process.nextTick(flush, child);
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

/** @param {any} child @param {number} errno */
function refusal(child, errno) {
  const { spawnfile, spawnargs } = child;
  const [code, syscall] = [getSystemErrorName(errno), spawnfile ? `spawn ${spawnfile}` : 'spawn'];
  const error = Object.assign(new Error(`${syscall} ${code}`), { errno, code, syscall });
  if (spawnfile) Object.assign(error, { path: spawnfile });
  return Object.assign(error, { spawnargs: spawnargs.slice(1) });
}

/** @param {any} child */
function flush(child) {
  for (const stream of child.stdio ?? []) if (stream?.readable && !isOfAnother(stream)) stream.resume();
}

/** Whether a stream is what another child reads or writes. @param {any} stream */
function isOfAnother(stream) {
  return Object.getOwnPropertySymbols(stream).some(
    (symbol) => symbol.description === 'kIsUsedAsStdio' && stream[symbol],
  );
}

/** @param {any} file @param {any} args @param {any} options */
function spawn(file, args, options) {
  const plan = isQuick() ? planOf(file, args, options) : undefined;
  return plan ? start(plan) : nodesSpawn(file, args, options);
}

/** @param {any} modulePath @param {any} args @param {any} options */
function fork(modulePath, args, options) {
  const plan = isQuick() && isText(modulePath) ? forkOf(modulePath, args, options) : undefined;
  return plan ? start(plan) : nodesFork(modulePath, args, options);
}

/** @param {string} modulePath @param {any} args @param {any} options @returns {Plan | undefined} */
function forkOf(modulePath, args, options) {
  if (args !== null && typeof args === 'object' && !Array.isArray(args)) [args, options] = [[], args];
  if (args != null && !Array.isArray(args)) return undefined;
  if (options != null && (typeof options !== 'object' || Array.isArray(options))) return undefined;
  // A program that was given with `-e` is not run again, which Node sees to.
  if (/** @type {any} */ (process)._eval != null) return undefined;
  const execPath = options?.execPath || process.execPath;
  const stdio = streamsOf(options ?? {});
  return (
    stdio &&
    planOf(execPath, [...process.execArgv, modulePath, ...(args ?? [])], { ...options, shell: false, execPath, stdio })
  );
}

/** What `fork` makes of it. @param {any} options @returns {any[] | undefined} */
function streamsOf({ stdio, silent }) {
  if (Array.isArray(stdio)) return stdio.includes('ipc') ? stdio : undefined;
  const each = typeof stdio === 'string' ? stdio : silent ? 'pipe' : 'inherit';
  if (each === 'inherit') return [0, 1, 2, 'ipc'];
  return each === 'pipe' || each === 'ignore' ? [each, each, each, 'ipc'] : undefined;
}

/** Whether the engine can serve, and nobody is told of each child that Node makes. */
function isQuick() {
  return process.platform === 'linux' && !made.hasSubscribers && !debug.enabled;
}

module.exports = { planOf, start, isQuick, spawn, fork };
