'use strict';

/**
 * The system time that tests see. `Date` stays one and the same object while its time is set, as in
 * Bun: the class is replaced once, before a test file is loaded.
 *
 * @see https://bun.com/docs/test/dates-times
 */

const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);

/** @type {(() => number) | null} what the time is, when a test has set it */
let source = null;

/** @param {(() => number) | null} now */
function setSource(now) {
  source = now;
  if (now) patchIntl();
}

const now = { now: () => (source ? source() : realNow()) }.now;

let installed = false;

function install() {
  if (installed) return;
  installed = true;
  const SystemDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 && source ? [source()] : args, newTarget),
    apply: (target, self, args) => (source ? new target(source()).toString() : Reflect.apply(target, self, args)),
  });
  RealDate.prototype.constructor = SystemDate;
  RealDate.now = now;
  Object.defineProperty(globalThis, 'Date', {
    value: SystemDate,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

let patched = false;

/** `Intl.DateTimeFormat` takes the current time from the engine when it gets no date. */
function patchIntl() {
  if (patched) return;
  patched = true;
  const { prototype } = Intl.DateTimeFormat;
  const { get } = /** @type {{ get: () => Function }} */ (Object.getOwnPropertyDescriptor(prototype, 'format'));
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get() {
      const format = get.call(this);
      return (/** @type {unknown} */ date) => format(date === undefined && source ? source() : date);
    },
  });
  const { formatToParts } = prototype;
  prototype.formatToParts = function formatToPartsOf(date) {
    return formatToParts.call(this, date === undefined && source ? source() : date);
  };
}

/** @param {unknown} time @returns {number | undefined} */
function toMilliseconds(time) {
  const value = time instanceof RealDate ? time.getTime() : time;
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
}

module.exports = { install, setSource, toMilliseconds, now, realNow };
