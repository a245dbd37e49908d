'use strict';

/**
 * `setSystemTime` and fake timers, on `@sinonjs/fake-timers`.
 *
 * @see https://bun.com/docs/test/dates-times
 */

const clock = require('./clock');

/** @type {any} the installed fake clock */
let fake = null;

/** @param {Date | number} [time] anything else: back to the real time */
function setSystemTime(time) {
  const fixed = clock.toMilliseconds(time);
  if (fake) fake.setSystemTime(fixed ?? clock.realNow());
  else clock.setSource(fixed === undefined ? null : () => fixed);
}

/** @param {{ now?: Date | number } | string} [options] */
function useFakeTimers(options) {
  const { withGlobal } = require('@sinonjs/fake-timers');
  if (options !== undefined && typeof options !== 'string' && (typeof options !== 'object' || options === null)) {
    throw new TypeError('useFakeTimers() expects an options object');
  }
  const given = typeof options === 'object' ? options.now : undefined;
  if (given !== undefined && typeof given !== 'number' && !(given instanceof Date))
    throw new TypeError("'now' must be a number or Date");
  if (fake) fake.uninstall();
  fake = withGlobal(globalThis).install({
    now: given === undefined ? clock.now() : clock.toMilliseconds(given),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    loopLimit: 100_000,
  });
  clock.setSource(() => fake.now);
  return /** @type {any} */ (require('./index')).jest;
}

function useRealTimers() {
  if (fake) fake.uninstall();
  fake = null;
  clock.setSource(null);
  return /** @type {any} */ (require('./index')).jest;
}

/** @param {string} name */
function active(name) {
  if (!fake) throw new Error(`Fake timers are not active. Call useFakeTimers() first.`);
  void name;
  return fake;
}

/** @param {string} name @param {(clock: any, argument: any) => void} act */
const step = (name, act) => (/** @type {unknown} */ argument) => {
  act(active(name), argument);
  return /** @type {any} */ (require('./index')).jest;
};

module.exports = {
  setSystemTime,
  useFakeTimers,
  useRealTimers,
  advanceTimersByTime: step('advanceTimersByTime', (timers, ms) => {
    if (typeof ms !== 'number') throw new TypeError('advanceTimersByTime() expects a number of milliseconds');
    if (!(ms >= 0 && ms <= 4294967295))
      throw new TypeError(
        `advanceTimersByTime() ms is out of range. It must be >= 0 and <= 4294967295. Received ${ms}`,
      );
    timers.tick(ms);
  }),
  advanceTimersToNextTimer: step('advanceTimersToNextTimer', (timers) => timers.next()),
  runAllTimers: step('runAllTimers', (timers) => timers.runAll()),
  runOnlyPendingTimers: step('runOnlyPendingTimers', (timers) => timers.runToLast()),
  clearAllTimers: step('clearAllTimers', (timers) => {
    for (const id of timers.timers ? [...timers.timers.keys()] : []) timers.clearTimeout(id);
  }),
  getTimerCount: () => active('getTimerCount').countTimers(),
  isFakeTimers: () => fake !== null,
  now: () => clock.now(),
};
