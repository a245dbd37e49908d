'use strict';

/**
 * `exec` and `execFile` of `node:child_process` on `fast-child.js`, for calls whose arguments are plain; all others are
 * Node's.
 */

const childProcess = require('node:child_process');
const { getSystemErrorName, promisify } = require('node:util');
const { capture, codedToString } = require('../internal/errors');
const { isAny, isText, optionsOf } = require('./child-options');
const { isQuick, planOf, start } = require('./fast-child');

const { exec: nodesExec, execFile: nodesExecFile } = childProcess;
const DEFAULTS = { encoding: 'utf8', maxBuffer: 1024 * 1024, cwd: null, env: null, shell: false };
/** @type {import('./child-options').Plain} */
const PLAIN = {
  // looked at again by what starts the child
  cwd: isAny,
  env: isAny,
  shell: isAny,
  windowsHide: isAny,
  windowsVerbatimArguments: isAny,
  encoding: isAny,
  maxBuffer: (value) => typeof value === 'number' && value >= 0,
  timeout: (value) => !value,
};

/** @typedef {{ file: string, args: string[], plan: import('./fast-child').Plan, encoding: BufferEncoding | null, most: number, done: Function | undefined }} Call */

/**
 * @param {any} file
 * @param {any} args
 * @param {any} options
 * @param {any} callback
 * @returns {Call | undefined} undefined for what is Node's to look at
 */
function callOf(file, args, options, callback) {
  if (!Array.isArray(args)) {
    if (typeof args === 'function') [args, options, callback] = [[], undefined, args];
    else if (args != null && typeof args === 'object') [args, options, callback] = [[], args, options];
    else if (args != null) return undefined;
  }
  if (typeof options === 'function') [options, callback] = [undefined, options];
  if (callback != null && typeof callback !== 'function') return undefined;
  const own = isQuick() ? optionsOf(options ?? undefined, PLAIN) : undefined;
  if (!own) return undefined;
  // What is set to undefined is set.
  /** @type {Record<string, any>} */
  const all = { ...DEFAULTS, ...own };
  const { encoding, maxBuffer, cwd, env, shell, windowsHide, windowsVerbatimArguments } = all;
  if (maxBuffer === undefined) return undefined;
  const words = args == null ? [] : [...args];
  // In the order in which Node hands them on, for who looks at what `ChildProcess` is given.
  const plan = planOf(file, words, {
    cwd,
    env,
    gid: undefined,
    shell,
    signal: undefined,
    uid: undefined,
    windowsHide: Boolean(windowsHide),
    windowsVerbatimArguments: Boolean(windowsVerbatimArguments),
  });
  if (!plan) return undefined;
  const named = encoding !== 'buffer' && Buffer.isEncoding(encoding) ? encoding : null;
  return { file, args: words, plan, encoding: named, most: maxBuffer, done: callback ?? undefined };
}

/** What a stream of a child says, up to a limit. */
class Collected {
  /** @type {any[]} */
  #parts = [];
  #length = 0;

  /** @param {any} stream @param {number} most @param {() => void} overflow */
  constructor(stream, most, overflow) {
    this.stream = stream;
    stream?.on('data', (/** @type {any} */ part) => {
      if (most === Infinity) return void this.#parts.push(part);
      const encoding = stream.readableEncoding;
      const length = encoding ? Buffer.byteLength(part, encoding) : part.length;
      this.#length += length;
      if (this.#length <= most) return void this.#parts.push(part);
      this.#parts.push(part.slice(0, most - (this.#length - length)));
      return overflow();
    });
  }

  /** @param {BufferEncoding | null} encoding */
  all(encoding) {
    return encoding || this.stream?.readableEncoding ? this.#parts.join('') : Buffer.concat(this.#parts);
  }
}

/** @param {Call} call */
function run({ file, args, plan, encoding, most, done }) {
  /** @type {any} */
  const child = start(plan);
  /** @type {any} */
  let error = null;
  let [killed, ended] = [false, false];
  const tooMuch = (/** @type {string} */ name) => {
    error = overflow(name);
    drop();
    killed = true;
    try {
      child.kill('SIGTERM');
    } catch (other) {
      error = other;
      finish();
    }
  };
  const drop = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  if (encoding) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding(encoding);
  const stdout = new Collected(child.stdout, most, () => tooMuch('stdout'));
  const stderr = new Collected(child.stderr, most, () => tooMuch('stderr'));

  /** @param {number} [code] @param {string | null} [signal] */
  const finish = (code, signal) => {
    if (ended) return;
    ended = true;
    if (!done) return;
    const [out, said] = [stdout.all(encoding), stderr.all(encoding)];
    if (!error && code === 0 && signal === null) return void done(null, out, said);
    const cmd = [file, ...args].join(' ');
    error ||= Object.assign(new Error(`Command failed: ${cmd}\n${said}`), {
      code: Number(code) < 0 ? getSystemErrorName(Number(code)) : code,
      killed: child.killed || killed,
      signal,
    });
    error.cmd = cmd;
    done(error, out, said);
  };
  child.addListener('close', finish);
  child.addListener('error', (/** @type {any} */ refused) => {
    error = refused;
    drop();
    finish();
  });
  return child;
}

/** Of Node's errors with a code, which have it when they are told as text. */
const coded = Object.create(RangeError.prototype, {
  toString: { value: codedToString, writable: true, configurable: true },
});

/** @param {string} name @returns {Error} Node's */
function overflow(name) {
  const error = new RangeError(`${name} maxBuffer length exceeded`);
  const code = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
  capture(error, code, overflow);
  return Object.setPrototypeOf(Object.assign(error, { code }), coded);
}

/** @param {any} file @param {any} args @param {any} options @param {any} callback */
function execFile(file, args, options, callback) {
  const call = callOf(file, args, options, callback);
  return call ? run(call) : nodesExecFile(file, args, options, callback);
}

/** @param {any} command @param {any} options @param {any} callback */
function exec(command, options, callback) {
  // A program's own `execFile` is what Node's would call.
  if (childProcess.execFile !== nodesExecFile && childProcess.execFile !== execFile)
    return nodesExec(command, options, callback);
  if (typeof options === 'function') [options, callback] = [undefined, options];
  const shell = typeof options?.shell === 'string' ? options.shell : true;
  // Only when it is called: the module is made of this one.
  const { execFile: ours } = require('./child_process');
  if (ours !== execFile && isText(command)) return ours(command, { ...options, shell }, callback);
  const call = callOf(command, [], { ...options, shell }, callback);
  return call ? run(call) : nodesExec(command, options, callback);
}

for (const original of [exec, execFile]) {
  const { name } = original;
  const promised = { [name]: (/** @type {any[]} */ ...given) => promise(original, given) }[name];
  Object.defineProperty(original, promisify.custom, { value: promised });
}

/** What is refused at once is thrown. @param {Function} original @param {any[]} given */
function promise(original, given) {
  const { promise: made, resolve, reject } = deferred();
  const child = original(...given, (/** @type {any} */ error, /** @type {any} */ stdout, /** @type {any} */ stderr) => {
    if (error === null) resolve({ stdout, stderr });
    else reject(Object.assign(error, { stdout, stderr }));
  });
  return Object.assign(made, { child });
}

/** `Promise.withResolvers`, which Node 20 does not have. @returns {{ promise: Promise<any>, resolve: Function, reject: Function }} */
function deferred() {
  /** @type {any} */
  let ways;
  const made = new Promise((resolve, reject) => (ways = { resolve, reject }));
  return { promise: made, ...ways };
}

module.exports = { exec, execFile };
