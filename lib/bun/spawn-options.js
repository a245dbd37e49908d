'use strict';

/**
 * The arguments of `Bun.spawn` and `Bun.spawnSync`, checked, with Bun's errors.
 */

const { codeError, received, makeError, ERR_OUT_OF_RANGE } = require('../internal/errors');
const { toText } = require('../internal/to-text');
const { signalNumber } = require('./kill-signal');
const { closeOpened, slotsOf } = require('./spawn-stdio');
const { find } = require('./which');

const message = (/** @type {string} */ text) => text;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);

/** More than any system takes, and few enough to be looked at. */
const MOST_ARGUMENTS = 2 ** 25;
const MOST_IDENTITY = 2 ** 31 - 1;

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
 * @property {any} terminal that the child has instead of stdin, stdout and stderr
 * @property {boolean} ownTerminal whether it was made for this child and ends with it
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
  const plan = planOf(commandOf(cmd, values), limitsOf(values), callbacksOf(values, sync), values);
  plan.terminal = terminalOf(values.terminal, sync);
  plan.ownTerminal = plan.terminal !== undefined && plan.terminal !== values.terminal;
  plan.request.terminal = plan.terminal && require('./terminal').pathOf(plan.terminal);
  try {
    slotsOf(plan, values, sync, environmentOf);
  } catch (error) {
    closeOpened(plan);
    if (plan.ownTerminal) plan.terminal.close();
    throw error;
  }
  return plan;
}

/**
 * All properties by name: Node 20 takes as long to spread four objects into one as to check all of this.
 *
 * @param {ReturnType<typeof commandOf>} command
 * @param {ReturnType<typeof limitsOf>} limits
 * @param {ReturnType<typeof callbacksOf>} callbacks
 * @param {any} options
 * @returns {Plan}
 */
function planOf(command, limits, callbacks, options) {
  const { name, program, words, environment, directory } = command;
  const request = {
    program,
    arguments: words,
    environment,
    directory,
    slots: undefined,
    detached: Boolean(options.detached),
    uid: identity('uid', options.uid, name),
    gid: identity('gid', options.gid, name),
    cgroup: options.cgroup ?? undefined,
    terminal: undefined,
    lazy: Boolean(options.lazy),
  };
  return {
    request,
    name,
    input: undefined,
    given: [],
    opened: [],
    timeout: limits.timeout,
    killSignal: limits.killSignal,
    maxBuffer: limits.maxBuffer,
    signal: limits.signal,
    onExit: callbacks.onExit,
    onDisconnect: callbacks.onDisconnect,
    ipc: callbacks.ipc,
    serialization: callbacks.serialization,
    channel: -1,
    terminal: undefined,
    ownTerminal: false,
  };
}

/** @param {Iterable<any>} cmd @param {any} options */
function commandOf(cmd, options) {
  if (/** @type {any} */ (cmd).length > MOST_ARGUMENTS) throw ERR_INVALID_ARG_TYPE('cmd array is too large');
  const words = Array.from(cmd, toText);
  if (words.length === 0) throw ERR_INVALID_ARG_TYPE('cmd must not be empty');
  words.forEach((word, i) => checkNul(`args[${i}]`, word));
  const [name] = words;
  const directory = directoryOf(options.cwd);
  const program = name.includes('/') ? name : find(name, options.env?.PATH ?? process.env.PATH, directory);
  if (!program) throw notFound(name);
  if (options.argv0 != null) words[0] = checkNul('options.argv0', toText(options.argv0));
  return { name, program, words: words.join('\0'), environment: environmentOf(options.env), directory };
}

/** @param {any} cwd */
function directoryOf(cwd) {
  if (cwd == null) return undefined;
  const path = cwd instanceof URL ? require('node:url').fileURLToPath(cwd) : toText(cwd);
  return path === '' ? undefined : checkNul('options.cwd', path);
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
    checkNul(`options.env['${name}']`, name);
    pairs.push(`${name}=${checkNul(`options.env['${name}']`, toText(value))}`);
  }
  return pairs.join('\0');
}

/** @param {string} option @param {any} value @param {string} name */
function identity(option, value, name) {
  if (value == null) return undefined;
  checkNumber(option, value);
  if (value > MOST_IDENTITY || value < -MOST_IDENTITY - 1)
    throw ERR_OUT_OF_RANGE(option, `>= ${-MOST_IDENTITY - 1} and <= ${MOST_IDENTITY}`, value);
  checkInteger(option, value);
  if (value >= 0) return value;
  throw makeError('Error', 'EINVAL', `EINVAL: invalid argument, posix_spawn '${name}'`, {
    errno: -22,
    syscall: 'posix_spawn',
    path: name,
  });
}

/** @param {string} option @param {unknown} value */
function checkNumber(option, value) {
  if (typeof value === 'number') return;
  throw ERR_INVALID_ARG_TYPE(`The "${option}" property must be of type number. Received ${typeof value}`);
}

/** @param {string} option @param {number} value */
function checkInteger(option, value) {
  if (Number.isInteger(value)) return;
  throw ERR_INVALID_ARG_TYPE(`The "${option}" property must be of type integer. Received number`);
}

/** @param {any} timeout */
function checkTimeout(timeout) {
  checkNumber('timeout', timeout);
  if (Number.isNaN(timeout)) throw ERR_OUT_OF_RANGE('timeout', 'a non-negative integer', timeout);
  if (timeout === Infinity) return;
  if (timeout < 0 || timeout > Number.MAX_SAFE_INTEGER)
    throw ERR_OUT_OF_RANGE('timeout', `>= 0 and <= ${Number.MAX_SAFE_INTEGER}`, timeout);
  checkInteger('timeout', timeout);
}

/** @param {any} options */
function limitsOf({ timeout, killSignal, maxBuffer, signal }) {
  if (timeout != null) checkTimeout(timeout);
  if (signal != null && !(signal instanceof AbortSignal)) {
    throw ERR_INVALID_ARG_TYPE(`The "signal" argument must be of type AbortSignal. ${received(signal)}`);
  }
  if (signal?.aborted) throw aborted(signal);
  return {
    timeout: timeout > 0 && timeout < Infinity ? timeout : undefined,
    killSignal: signalNumber(killSignal),
    maxBuffer: typeof maxBuffer === 'number' && maxBuffer > 0 && maxBuffer < Infinity ? maxBuffer : undefined,
    signal: signal ?? undefined,
  };
}

/** @param {AbortSignal} signal */
function aborted(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return Object.assign(error, { code: 'ABORT_ERR' });
}

/** @type {{ onExit?: Function, onDisconnect?: Function, ipc?: Function, serialization: 'json' | 'advanced' }} */
const NO_CALLBACKS = { serialization: 'advanced' };

/** @param {string} name @param {unknown} callback */
function checkCallback(name, callback) {
  if (callback != null && typeof callback !== 'function')
    throw ERR_INVALID_ARG_TYPE(`${name} must be a function or undefined`);
}

/** @param {any} options @param {boolean} sync @returns {typeof NO_CALLBACKS} */
function callbacksOf({ onExit, onDisconnect, ipc, serialization }, sync) {
  checkCallback('onExit', onExit);
  checkCallback('onDisconnect', onDisconnect);
  if (sync) return NO_CALLBACKS;
  const asked = typeof ipc === 'function';
  if (asked && serialization != null && serialization !== 'json' && serialization !== 'advanced') {
    throw ERR_INVALID_ARG_TYPE('serialization must be "json" or "advanced"');
  }
  return {
    onExit: onExit ?? undefined,
    onDisconnect: onDisconnect ?? undefined,
    ipc: asked ? ipc : undefined,
    serialization: (asked && serialization) || 'advanced',
  };
}

/** @param {any} terminal a `Terminal` or the options of one @param {boolean} sync */
function terminalOf(terminal, sync) {
  if (terminal == null) return undefined;
  if (sync) throw ERR_INVALID_ARG_TYPE('terminal option is only supported for Bun.spawn, not Bun.spawnSync');
  if (typeof terminal !== 'object') throw ERR_INVALID_ARG_TYPE('terminal must be a Terminal object or options object');
  const Terminal = require('./terminal');
  if (!(terminal instanceof Terminal)) return new Terminal(terminal);
  if (terminal.closed) throw ERR_INVALID_ARG_TYPE('terminal is closed');
  return terminal;
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

module.exports = { parse, closeOpened, named };
