'use strict';

/**
 * `setSystemTime` and fake timers, on `@sinonjs/fake-timers`.
 *
 * @see https://bun.com/docs/test/dates-times
 */

const clock = require('./clock');

/** @type {any} the installed fake clock */
let fake = null;

/** @param {Date | number} [time] none: back to the real time */
function setSystemTime(time) {
  if (fake) {
    if (time === undefined) fake.setSystemTime();
    else fake.setSystemTime(clock.toMilliseconds(time));
    return;
  }
  if (time === undefined) clock.setSource(null);
  else {
    const fixed = clock.toMilliseconds(time);
    clock.setSource(() => fixed);
  }
}

/** @param {{ now?: Date | number } | string} [options] */
function useFakeTimers(options) {
  const { withGlobal } = require('@sinonjs/fake-timers');
  const given = typeof options === 'object' && options !== null ? options.now : undefined;
  if (fake) fake.uninstall();
  fake = withGlobal(globalThis).install({
    now: given === undefined ? clock.now() : clock.toMilliseconds(given),
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'performance',
    ],
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
  advanceTimersByTime: step('advanceTimersByTime', (timers, ms) => timers.tick(ms)),
  advanceTimersToNextTimer: step('advanceTimersToNextTimer', (timers) => timers.next()),
  runAllTimers: step('runAllTimers', (timers) => timers.runAll()),
  runOnlyPendingTimers: step('runOnlyPendingTimers', (timers) => timers.runToLast()),
  clearAllTimers: step('clearAllTimers', (timers) => timers.reset()),
  getTimerCount: () => active('getTimerCount').countTimers(),
  isFakeTimers: () => fake !== null,
  now: () => clock.now(),
};
