'use strict';

/**
 * What the descriptors of a child are: `stdin`, `stdout`, `stderr`, `stdio` and the channel of `ipc`.
 */

const fs = require('node:fs');
const { codeError, makeError } = require('../internal/errors');
const { sourceOf } = require('./bun-file');

const message = (/** @type {string} */ text) => text;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const STDIO = "stdio must be an array of 'inherit', 'pipe', 'ignore', Bun.file(pathOrFd), number, or null";
const FILE_MODE = 0o664;

/** Codes of `crates/node`'s slots. */
const NOTHING = -1;
const OUTPUT = -2;
const INPUT = -3;
const SOCKET = -4;

/** @typedef {import('./spawn-options').Plan} Plan */

/**
 * Puts the slots of the child's descriptors into the request.
 *
 * @param {Plan} plan
 * @param {any} options
 * @param {boolean} sync
 * @param {(env: any) => string | undefined} environmentOf
 * @throws ERR_INVALID_ARG_TYPE, ERR_BODY_ALREADY_USED; the system's error of a file that cannot be opened
 */
function slotsOf(plan, options, sync, environmentOf) {
  const { stdio } = options;
  if (stdio != null && !Array.isArray(stdio)) throw ERR_INVALID_ARG_TYPE('stdio must be an array');
  const [stdin, stdout, stderr, ...more] = stdio ?? [options.stdin, options.stdout, options.stderr];
  const standard = plan.terminal
    ? [NOTHING, NOTHING, NOTHING]
    : [
        inputSlot(plan, stdin, sync),
        outputSlot(plan, 1, stdout === undefined ? 'pipe' : stdout),
        outputSlot(plan, 2, stderr === undefined ? (sync ? 'pipe' : 'inherit') : stderr),
      ];
  const slots = [...standard, ...more.map((what, i) => extraSlot(plan, i + 3, what))];
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
  if (!Number.isInteger(what) || what >= 0x7fffffff)
    throw ERR_INVALID_ARG_TYPE(`file descriptor must be a valid integer, received: ${what}`);
  if (what < 0) throw ERR_INVALID_ARG_TYPE('file descriptor must be a positive integer');
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
  if (slot === 0 && fs.fstatSync(descriptor).isDirectory()) throw isDirectory(source.path);
  return descriptor;
}

/** @param {string | undefined} path */
function isDirectory(path) {
  return makeError('Error', 'EISDIR', `EISDIR: illegal operation on a directory, open '${path}'`, {
    errno: -21,
    syscall: 'open',
    path,
  });
}

/** @param {unknown} what */
function wrongStdio(what) {
  return ERR_INVALID_ARG_TYPE(
    typeof what === 'string' ? STDIO : "stdio must be an array of 'inherit', 'ignore', or null",
  );
}

/** @param {Plan} plan */
function closeOpened(plan) {
  for (const descriptor of plan.opened) fs.closeSync(descriptor);
  plan.opened = [];
}

module.exports = { slotsOf, closeOpened, INPUT, OUTPUT, SOCKET };
