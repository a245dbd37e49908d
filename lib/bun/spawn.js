'use strict';

const { reactor } = require('./child-events');
const { closeOpened, named, parse } = require('./spawn-options');
const { Subprocess } = require('./subprocess');

/**
 * `Bun.spawn`: starts a program beside this one.
 *
 * @see https://bun.com/docs/runtime/child-process
 * @param {any} command `["program", ...arguments]`, or the options with `cmd`
 * @param {any} [options]
 * @returns {import('bun').Subprocess}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL; an AbortError; ENOENT when the program is not found; the system's error of `posix_spawn`
 */
function spawn(command, options = undefined) {
  const engine = reactor();
  const plan = parse(command, options, false);
  try {
    const spawned = engine.spawn(plan.request);
    if (plan.ownTerminal) require('./terminal').release(plan.terminal);
    return /** @type {any} */ (new Subprocess(spawned, plan));
  } catch (error) {
    if (plan.ownTerminal) plan.terminal.close();
    throw named(error, plan);
  } finally {
    closeOpened(plan);
  }
}

module.exports = spawn;
