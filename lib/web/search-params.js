'use strict';

module.exports = {
  /**
   * Bun's `URLSearchParams.prototype.toJSON`: values by name, a list where a name stands more than once.
   *
   * @this {URLSearchParams}
   */
  toJSON() {
    /** @type {Record<string, string | string[]>} */
    const object = {};
    for (const [name, value] of this) {
      const before = Object.hasOwn(object, name) ? object[name] : undefined;
      const next = before === undefined ? value : [before, value].flat();
      Object.defineProperty(object, name, { value: next, writable: true, enumerable: true, configurable: true });
    }
    return object;
  },
};
