'use strict';

/**
 * The arguments of `Bun.spawn` and `Bun.spawnSync`, checked, with Bun's errors.
 */

const fs = require('node:fs');
const { codeError, received, makeError, ERR_OUT_OF_RANGE, ERR_OPTION_UNSUPPORTED } = require('../internal/errors');
const { sourceOf } = require('./bun-file');
const { signalNumber } = require('./kill-signal');
const { find } = require('./which');

const message = (/** @type {string} */ text) => text;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
const STDIO = "stdio must be an array of 'inherit', 'pipe', 'ignore', Bun.file(pathOrFd), number, or null";
const FILE_MODE = 0o664;

/** Codes of `crates/node`'s slots. */
const NOTHING = -1;
const OUTPUT = -2;
const INPUT = -3;
const SOCKET = -4;

/**
 * @typedef {object} Plan
 * @property {any} request for the engine
 * @property {string} name `cmd[0]`, which errors name
 * @property {any} input what the child's standard input is fed from, if not by the caller
 * @property {(number | undefined)[]} given descriptors of the host by slot
 * @property {number[]} opened descriptors to be closed once the child runs
 * @property {number | undefined} timeout
 * @property {number} killSignal
 * @property {number | undefined} maxBuffer
 * @property {AbortSignal | undefined} signal
 * @property {Function | undefined} onExit
 * @property {Function | undefined} onDisconnect
 * @property {Function | undefined} ipc
 * @property {'json' | 'advanced'} serialization
 * @property {number} channel slot of the IPC channel, -1 for none
 */

/**
 * @param {any} first the command or the options
 * @param {any} second
 * @param {boolean} sync
 * @returns {Plan}
 */
function parse(first, second, sync) {
  const options = Array.isArray(first) ? second : first;
  const cmd = Array.isArray(first) ? first : first?.cmd;
  if (cmd === null || typeof cmd !== 'object' || typeof cmd[Symbol.iterator] !== 'function')
    throw ERR_INVALID_ARG_TYPE('cmd must be an array');
  const values = options !== null && typeof options === 'object' ? options : {};
  const api = sync ? 'Bun.spawnSync' : 'Bun.spawn';
  if (values.terminal !== undefined) throw ERR_OPTION_UNSUPPORTED(api, 'terminal');
  const parts = commandOf(cmd, values);
  const plan = /** @type {Plan} */ (
    /** @type {any} */ ({ ...limitsOf(values), ...callbacksOf(values, sync), given: [], opened: [], channel: -1 })
  );
  plan.name = parts.name;
  plan.request = {
    ...parts.request,
    detached: Boolean(values.detached),
    uid: identity(values.uid, parts.name),
    gid: identity(values.gid, parts.name),
    cgroup: values.cgroup ?? undefined,
    lazy: Boolean(values.lazy),
  };
  try {
    slotsOf(plan, values, sync);
  } catch (error) {
    closeOpened(plan);
    throw error;
  }
  return plan;
}

/** @param {Iterable<any>} cmd @param {any} options */
function commandOf(cmd, options) {
  const words = Array.from(cmd, String);
  if (words.length === 0) throw ERR_INVALID_ARG_TYPE('cmd must not be empty');
  words.forEach((word, i) => checkNul(`args[${i}]`, word));
  const [name] = words;
  const directory = directoryOf(options.cwd);
  const program = name.includes('/') ? name : find(name, options.env?.PATH ?? process.env.PATH, directory);
  if (!program) throw notFound(name);
  if (options.argv0 != null) words[0] = checkNul('argv0', String(options.argv0));
  return {
    name,
    request: { program, arguments: words.join('\0'), environment: environmentOf(options.env), directory },
  };
}

/** @param {any} cwd */
function directoryOf(cwd) {
  if (cwd == null || cwd === '') return undefined;
  return checkNul('options.cwd', cwd instanceof URL ? require('node:url').fileURLToPath(cwd) : String(cwd));
}

/** @param {string} name @param {string} text */
function checkNul(name, text) {
  if (!text.includes('\0')) return text;
  throw ERR_INVALID_ARG_VALUE(
    `The ${name.includes('.') ? 'property' : 'argument'} '${name}' must be a string without null bytes. Received ${JSON.stringify(text)}`,
  );
}

/** @param {string} name */
function notFound(name) {
  const error = new Error(`Executable not found in $PATH: "${name}"`);
  return Object.assign(error, { code: 'ENOENT', errno: -2 }, name === '' ? {} : { path: name });
}

/** @param {any} env @returns {string | undefined} undefined for the host's own */
function environmentOf(env) {
  if (env == null) return undefined;
  if (typeof env !== 'object') throw ERR_INVALID_ARG_TYPE('env must be an object');
  const pairs = [];
  for (const name of Object.keys(env)) {
    const value = env[name];
    if (value === undefined) continue;
    pairs.push(`${name}=${checkNul(`options.env['${name}']`, String(value))}`);
  }
  return pairs.join('\0');
}

/** @param {any} value @param {string} name */
function identity(value, name) {
  if (value == null) return undefined;
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  throw makeError('Error', 'EINVAL', `EINVAL: invalid argument, posix_spawn '${name}'`, {
    errno: -22,
    syscall: 'posix_spawn',
    path: name,
  });
}

/** @param {any} options */
function limitsOf({ timeout, killSignal, maxBuffer, signal }) {
  if (timeout != null) {
    if (typeof timeout !== 'number')
      throw ERR_INVALID_ARG_TYPE(`The "timeout" property must be of type number. Received ${typeof timeout}`);
    if (timeout < 0 || Number.isNaN(timeout))
      throw ERR_OUT_OF_RANGE('timeout', `>= 0 and <= ${Number.MAX_SAFE_INTEGER}`, timeout);
  }
  if (signal != null && !(signal instanceof AbortSignal)) {
    throw ERR_INVALID_ARG_TYPE(`The "signal" argument must be of type AbortSignal. ${received(signal)}`);
  }
  if (signal?.aborted) throw aborted(signal);
  return {
    timeout: timeout > 0 && timeout < Infinity ? timeout : undefined,
    killSignal: signalNumber(killSignal),
    maxBuffer: typeof maxBuffer === 'number' && maxBuffer >= 0 && maxBuffer < Infinity ? maxBuffer : undefined,
    signal: signal ?? undefined,
  };
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return Object.assign(error, { code: 'ABORT_ERR' });
}

/** @param {any} options @param {boolean} sync */
function callbacksOf({ onExit, onDisconnect, ipc, serialization }, sync) {
  if (sync) return {};
  for (const [name, callback] of Object.entries({ onExit, onDisconnect })) {
    if (callback != null && typeof callback !== 'function')
      throw ERR_INVALID_ARG_TYPE(`${name} must be a function or undefined`);
  }
  if (serialization != null && serialization !== 'json' && serialization !== 'advanced') {
    throw ERR_INVALID_ARG_TYPE('serialization must be "json" or "advanced"');
  }
  return {
    onExit: onExit ?? undefined,
    onDisconnect: onDisconnect ?? undefined,
    ipc: typeof ipc === 'function' ? ipc : undefined,
    serialization: serialization ?? 'advanced',
  };
}

/** @param {Plan} plan @param {any} options @param {boolean} sync */
function slotsOf(plan, options, sync) {
  const { stdio } = options;
  if (stdio != null && !Array.isArray(stdio)) throw ERR_INVALID_ARG_TYPE('stdio must be an array');
  const [stdin, stdout, stderr, ...more] = stdio ?? [options.stdin, options.stdout, options.stderr];
  const slots = [
    inputSlot(plan, stdin, sync),
    outputSlot(plan, 1, stdout === undefined ? 'pipe' : stdout),
    outputSlot(plan, 2, stderr === undefined ? (sync ? 'pipe' : 'inherit') : stderr),
    ...more.map((what, i) => extraSlot(plan, i + 3, what)),
  ];
  if (plan.ipc) {
    plan.channel = slots.length;
    slots.push(SOCKET);
    const given = plan.request.environment ?? environmentOf(process.env) ?? '';
    plan.request.environment = [
      ...given.split('\0').filter((pair) => pair !== '' && !pair.startsWith('NODE_CHANNEL_')),
      `NODE_CHANNEL_FD=${plan.channel}`,
      `NODE_CHANNEL_SERIALIZATION_MODE=${plan.serialization}`,
    ].join('\0');
  }
  plan.request.slots = Int32Array.from(slots);
}

/** @param {Plan} plan @param {any} what @param {boolean} sync */
function inputSlot(plan, what, sync) {
  if (what == null || what === 'ignore') return NOTHING;
  if (what === 'pipe') return sync ? NOTHING : INPUT;
  const plain = plainSlot(plan, 0, what);
  if (plain !== undefined) return plain;
  if (typeof what !== 'object') throw wrongStdio(what);
  const source = sourceOf(what);
  if (source && source.offset === 0 && source.end === undefined)
    return fileSlot(plan, 0, source, fs.constants.O_RDONLY);
  if (what instanceof ReadableStream && sync)
    throw ERR_INVALID_ARG_TYPE("'stdin' ReadableStream cannot be used in sync mode");
  if (!isSource(what)) throw wrongStdio(what);
  if (what.bodyUsed) throw codeError(TypeError, 'ERR_BODY_ALREADY_USED', message)('Body already used');
  plan.input = what;
  return INPUT;
}

/** @param {any} what */
function isSource(what) {
  return (
    ArrayBuffer.isView(what) ||
    what instanceof ArrayBuffer ||
    what instanceof SharedArrayBuffer ||
    what instanceof Blob ||
    what instanceof ReadableStream ||
    (typeof what.arrayBuffer === 'function' && 'bodyUsed' in what)
  );
}

/** @param {Plan} plan @param {number} slot @param {any} what */
function outputSlot(plan, slot, what) {
  if (what == null || what === 'ignore') return NOTHING;
  if (what === 'pipe') return OUTPUT;
  return plainSlot(plan, slot, what) ?? sinkSlot(plan, slot, what);
}

/** @param {Plan} plan @param {number} slot @param {any} what */
function extraSlot(plan, slot, what) {
  if (what == null || what === 'ignore') return NOTHING;
  if (what === 'pipe' || what === 'socket-fd') return SOCKET;
  return plainSlot(plan, slot, what) ?? sinkSlot(plan, slot, what);
}

/** @param {Plan} plan @param {number} slot @param {any} what */
function plainSlot(plan, slot, what) {
  if (what === 'inherit') return slot;
  if (typeof what !== 'number') return undefined;
  if (!Number.isInteger(what) || what < 0 || what > 0x7fffffff)
    throw ERR_INVALID_ARG_TYPE('file descriptor must be a positive integer');
  plan.given[slot] = what;
  return what;
}

/** @param {Plan} plan @param {number} slot @param {any} what */
function sinkSlot(plan, slot, what) {
  if (typeof what !== 'object') throw wrongStdio(what);
  const source = sourceOf(what);
  const { O_WRONLY, O_CREAT, O_TRUNC } = fs.constants;
  if (source)
    return fileSlot(plan, slot, source, slot > 2 ? fs.constants.O_RDWR | O_CREAT : O_WRONLY | O_CREAT | O_TRUNC);
  if (ArrayBuffer.isView(what) || what instanceof ArrayBuffer)
    throw ERR_INVALID_ARG_TYPE('ArrayBufferView cannot be used for stdout/stderr yet');
  if (isSource(what) && !(what instanceof ReadableStream))
    throw ERR_INVALID_ARG_TYPE('Blobs are immutable, and cannot be used for stdout/stderr');
  throw wrongStdio(what);
}

/** @param {Plan} plan @param {number} slot @param {NonNullable<ReturnType<typeof sourceOf>>} source @param {number} flags */
function fileSlot(plan, slot, source, flags) {
  if (source.fd !== undefined) return source.fd;
  const descriptor = fs.openSync(/** @type {string} */ (source.path), flags, FILE_MODE);
  plan.opened.push(descriptor);
  return descriptor;
}

/** @param {unknown} what */
function wrongStdio(what) {
  return ERR_INVALID_ARG_TYPE(
    typeof what === 'boolean' ? "stdio must be an array of 'inherit', 'ignore', or null" : STDIO,
  );
}

/** @param {Plan} plan */
function closeOpened(plan) {
  for (const descriptor of plan.opened) fs.closeSync(descriptor);
  plan.opened = [];
}

/** Errors name the command as it was given. @param {any} error @param {Plan} plan */
function named(error, plan) {
  const { program } = plan.request;
  if (error?.syscall === 'posix_spawn' && program !== plan.name) {
    error.message = error.message.replace(`'${program}'`, `'${plan.name}'`);
    error.path = plan.name;
  }
  return error;
}

module.exports = { parse, closeOpened, named, INPUT, OUTPUT, SOCKET };
