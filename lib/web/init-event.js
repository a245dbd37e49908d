'use strict';

/**
 * The old way to fill in events, which Node has not: the members become properties of the event itself.
 *
 * @see https://dom.spec.whatwg.org/#dom-customevent-initcustomevent
 */

/** @param {Event} event @param {number} count @param {any[]} init @param {Record<string, unknown>} members */
function fill(event, count, [type, bubbles, cancelable], members) {
  if (count === 0) throw new TypeError('Not enough arguments');
  const all = { type: `${type}`, bubbles: Boolean(bubbles), cancelable: Boolean(cancelable), ...members };
  for (const [name, value] of Object.entries(all)) Object.defineProperty(event, name, { value, configurable: true });
}

module.exports = {
  custom: {
    /** @this {CustomEvent} @param {string} type @param {any[]} rest `bubbles`, `cancelable`, `detail` */
    initCustomEvent(type, ...rest) {
      fill(this, arguments.length, [type, ...rest], { detail: rest[2] ?? null });
    },
  },
  message: {
    /** @this {MessageEvent} @param {string} type @param {any[]} rest `bubbles`, `cancelable`, `data`, `origin`, `lastEventId`, `source`, `ports` */
    initMessageEvent(type, ...rest) {
      const [, , data = null, origin = '', lastEventId = '', source = null, ports = []] = rest;
      const members = { data, origin: `${origin}`, lastEventId: `${lastEventId}`, source, ports };
      fill(this, arguments.length, [type, ...rest], members);
    },
  },
};
