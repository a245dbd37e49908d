'use strict';

const { reactor } = require('./child-events');
const { signalName } = require('./kill-signal');
const { ResourceUsage } = require('./resource-usage');
const { closeOpened, named, parse } = require('./spawn-options');

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
    const { timeout, maxBuffer, killSignal } = plan;
    return answer(engine.spawnSync(plan.request, inputOf(plan.input), { timeout, maxBuffer, killSignal }));
  } catch (error) {
    throw named(error, plan);
  } finally {
    closeOpened(plan);
  }
}

/** @param {any} input @returns {Uint8Array | undefined} */
function inputOf(input) {
  if (input === undefined) return undefined;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength).slice();
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return new Uint8Array(input).slice();
  return require('./blob-bytes').bytesNow(input);
}

/** @param {{ pid: number, exit: ArrayBuffer, outputs: (ArrayBuffer | null | undefined)[], timedOut: boolean, overflowed: boolean }} ended */
function answer({ pid, exit, outputs, timedOut, overflowed }) {
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
  if (timedOut) result.exitedDueToTimeout = true;
  if (overflowed) result.exitedDueToMaxBuffer = true;
  result.pid = pid;
  return result;
}

module.exports = spawnSync;
