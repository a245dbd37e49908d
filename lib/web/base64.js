'use strict';

/**
 * `atob` and `btoa` of Node, with Bun's errors.
 *
 * @see https://html.spec.whatwg.org/#atob
 */

const nodes = require('node:buffer');

const invalid = () => new DOMException('The string contains invalid characters.', 'InvalidCharacterError');

/** @param {'atob' | 'btoa'} name */
const checked = (name) =>
  ({
    /** @param {any[]} given */
    [name](...given) {
      if (given.length === 0) throw new TypeError(`${name} requires 1 argument (a string)`);
      const text = `${given[0]}`;
      try {
        return nodes[name](text);
      } catch {
        throw invalid();
      }
    },
  })[name];

module.exports = { atob: checked('atob'), btoa: checked('btoa') };
for (const each of Object.values(module.exports))
  Object.defineProperty(each, 'length', { value: 1, configurable: true });
