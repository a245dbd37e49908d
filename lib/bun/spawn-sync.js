'use strict';

const { reactor } = require('./child-events');
const { signalName } = require('./kill-signal');
const { ResourceUsage } = require('./resource-usage');
const { closeOpened, named, parse } = require('./spawn-options');
const { timeLeft } = require('../web/abort');

/**
 * `Bun.spawnSync`: runs a program to its end.
 *
 * @see https://bun.com/docs/runtime/child-process#blocking-api-bun-spawnsync
 * @param {any} command `["program", ...arguments]`, or the options with `cmd`
 * @param {any} [options]
 * @returns {import('bun').SyncSubprocess}
 * @throws as `Bun.spawn`
 */
function spawnSync(command, options = undefined) {
  const engine = reactor();
  const plan = parse(command, options, true);
  try {
    const { maxBuffer, killSignal } = plan;
    const ended = engine.spawnSync(plan.request, inputOf(plan.input), {
      timeout: timeoutOf(plan),
      maxBuffer,
      killSignal,
    });
    return answer(ended, plan.timeout !== undefined);
  } catch (error) {
    throw named(error, plan);
  } finally {
    closeOpened(plan);
  }
}

/**
 * Nothing can abort a signal while the thread waits, but `AbortSignal.timeout` says beforehand when it will.
 *
 * @param {{ timeout?: number, signal?: AbortSignal }} plan
 */
function timeoutOf({ timeout = Infinity, signal }) {
  const limit = signal === undefined ? timeout : Math.min(timeout, timeLeft(signal));
  return limit === Infinity ? undefined : Math.max(limit, 1);
}

/** @param {any} input @returns {Uint8Array | undefined} */
function inputOf(input) {
  if (input === undefined) return undefined;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength).slice();
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return new Uint8Array(input).slice();
  return require('./blob-bytes').bytesNow(input);
}

/**
 * @param {{ pid: number, exit: ArrayBuffer, outputs: (ArrayBuffer | null | undefined)[], timedOut: boolean, overflowed: boolean }} ended
 * @param {boolean} tellsTimeout whether the option `timeout` was given
 */
function answer({ pid, exit, outputs, timedOut, overflowed }, tellsTimeout) {
  const facts = new Float64Array(exit);
  const [code, signal] = facts;
  const [, stdout, stderr] = outputs.map((bytes) => (bytes ? Buffer.from(bytes) : undefined));
  /** @type {any} */
  const result = { exitCode: signal ? null : code };
  if (signal) result.signalCode = signalName(signal);
  Object.assign(result, {
    stdout,
    stderr,
    success: signal === 0 && code === 0,
    resourceUsage: new ResourceUsage(facts),
  });
  if (timedOut && tellsTimeout) result.exitedDueToTimeout = true;
  if (overflowed) result.exitedDueToMaxBuffer = true;
  result.pid = pid;
  return result;
}

module.exports = spawnSync;
