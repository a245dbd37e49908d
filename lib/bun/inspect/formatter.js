'use strict';

const types = require('node:util/types');
const { RESET, start, paint } = require('./colors');
const { LineWriter } = require('./line-writer');
const { functionTitle, objectName } = require('./names');
const { properties } = require('./properties');
const {
  stylize,
  proxyTarget,
  hasNodesPrinter,
  isNodesPrinter,
  isSound,
  isStringLike,
  isPrimitiveLike,
  holeAt,
  sorted,
} = require('./kinds');

const MOST_ITEMS = 100;
const custom = Symbol.for('nodejs.util.inspect.custom');

/** Prints values in one pass. */
class Formatter extends LineWriter {
  /** @type {Set<unknown>} what is being printed: a second meeting is circular */
  #open = new Set();

  /** Prints one more value, as a line of the console has it: a string is not quoted. @param {unknown} value */
  top(value) {
    this.quote = false;
    this.#format(value);
  }

  /** @param {unknown} value @param {boolean} quote whether a string at the top is quoted */
  print(value, quote) {
    this.quote = quote;
    this.#format(value);
    const out = this.out;
    this.out = '';
    return out;
  }

  /** @param {unknown} value */
  #format(value) {
    switch (typeof value) {
      case 'string':
        this.string(value);
        return;
      case 'number':
        this.word(Object.is(value, -0) ? '-0' : String(value), 'yellow');
        return;
      case 'bigint':
        this.word(`${value}n`, 'yellow');
        this.line -= 1; // the estimate knows the digits only
        return;
      case 'boolean':
        this.word(String(value), 'yellow');
        return;
      case 'undefined':
        this.word('undefined', 'dim');
        return;
      case 'symbol':
        this.word(`Symbol(${value.description ?? ''})`, 'blue');
        return;
      default:
        if (value === null) this.word('null', 'yellow');
        else this.#reference(/** @type {object} */ (value));
    }
  }

  /** @param {object} value */
  #reference(value) {
    if (types.isProxy(value)) {
      const target = proxyTarget(value);
      if (target === null) this.write('<Revoked Proxy>');
      else if (target === value) this.write('[Proxy]');
      else this.#reference(target);
      return;
    }
    if (this.#open.has(value)) {
      this.write(this.settings.colors ? paint('cyan', '[Circular]') : '[Circular]');
      return;
    }
    this.#open.add(value);
    const quote = this.quote;
    try {
      if (!this.#custom(value)) this.#object(value);
    } finally {
      this.quote = quote;
      this.#open.delete(value);
    }
  }

  /** Runs `[Bun.inspect.custom]`. @param {any} value @returns {boolean} whether it had one */
  #custom(value) {
    const method = value[custom]; // a getter that throws does so in Bun too
    if (typeof method !== 'function' || hasNodesPrinter(value, custom)) return false;
    const { depth, colors, inspect } = this.settings;
    const options = { stylize, depth, colors };
    Object.defineProperty(options, 'stylize', { enumerable: true });
    const nested = (/** @type {unknown} */ inner, /** @type {object} */ given) =>
      inspect(inner, { ...this.settings, compact: true, ...given });
    Object.defineProperty(nested, 'name', { value: 'inspect' });
    let result;
    try {
      result = method.call(value, depth - this.depth, options, nested);
    } catch (error) {
      if (isNodesPrinter(value, custom)) return false; // the prototype, or what only inherits from it
      throw error;
    }
    if (result === value) return false;
    if (typeof result === 'string') this.write(result);
    else this.#format(result);
    return true;
  }

  /** @param {any} value */
  #object(value) {
    const special = require('./special').find(value);
    if (special !== undefined) special(value, this.#tools());
    else if (typeof value === 'function') this.write(this.styled('cyan', functionTitle(value)));
    else if (Array.isArray(value) || types.isArgumentsObject(value)) this.#array(/** @type {unknown[]} */ (value));
    else if (types.isMap(value) && isSound(Map.prototype, value)) this.#entries('Map', value.size, value);
    else if (types.isSet(value) && isSound(Set.prototype, value)) this.#entries('Set', value.size, value);
    else this.#braces(value);
  }

  /** What the printers of special objects may do. */
  #tools() {
    return {
      settings: this.settings,
      write: (/** @type {string} */ text) => this.write(text),
      word: (/** @type {string} */ text, /** @type {import('./colors').Style} */ style) => this.word(text, style),
      string: (/** @type {string} */ text) => this.string(text),
      format: (/** @type {unknown} */ value) => this.#format(value),
      quoted: (/** @type {unknown} */ value) => {
        this.quote = true;
        this.#format(value);
      },
      comma: () => this.comma(),
      space: () => this.space(),
      block: (/** @type {string} */ open, /** @type {string} */ close, /** @type {(() => void)[]} */ lines) =>
        this.block(open, close, lines),
      properties: (/** @type {object} */ value) => this.#braces(value),
      lengthen: (/** @type {number} */ length) => this.lengthen(length),
      isTop: () => !this.quote,
      indentation: () => '  '.repeat(this.indent),
      newLine: () => this.newLine(true),
      indented: (/** @type {() => void} */ print) => this.indented(print),
    };
  }

  /** @param {object} value */
  #braces(value) {
    if (this.depth > this.settings.depth) {
      this.write(this.settings.colors ? paint('cyan', '[Object ...]') : '[Object ...]');
      return;
    }
    let found = properties(value);
    if (this.settings.sorted) found = sorted(found);
    const name = objectName(value);
    if (name) this.write(`${name} `);
    if (found.length === 0) {
      this.write('{}');
      return;
    }
    this.block(
      '{',
      '}',
      found.map((property) => () => this.#property(property)),
    );
  }

  /** @param {{ key: string | symbol, descriptor: PropertyDescriptor }} property */
  #property({ key, descriptor }) {
    this.key(key);
    if ('value' in descriptor) {
      const stringLike = this.settings.colors && isStringLike(descriptor.value);
      if (stringLike) this.write(RESET + start('green'));
      this.#format(descriptor.value);
      if (stringLike) this.write(RESET);
      return;
    }
    const kind = descriptor.get ? (descriptor.set ? '[Getter/Setter]' : '[Getter]') : '[Setter]';
    this.write(this.styled('cyan', kind));
  }

  /** @param {unknown[]} array */
  #array(array) {
    const { length } = array;
    if (length === 0) {
      this.write('[]');
      this.line += 2;
      return;
    }
    if (this.depth > this.settings.depth) {
      this.write(this.settings.colors ? paint('cyan', '[Array ...]') : '[Array ...]');
      return;
    }
    const wrap = !this.settings.compact;
    let broken = length > 10;
    this.indent += 1;
    this.depth += 1;
    this.line += 2;
    this.quote = true;
    broken = broken || (0 in array && !isPrimitiveLike(array[0])) || this.full();
    if (wrap && broken) {
      this.line = this.indent * 2;
      this.write(`[\n${'  '.repeat(this.indent)}`);
      this.line += 1;
    } else {
      this.write('[ ');
      this.line += 2;
    }
    let printed = 0;
    const next = () => {
      if (printed++ === 0) return;
      this.comma();
      if (wrap && this.full()) {
        broken = true;
        this.write(`\n${'  '.repeat(this.indent)}`);
      } else {
        this.space();
      }
    };
    let shown = 0;
    for (let index = 0; index < length; index++) {
      if (shown >= MOST_ITEMS) {
        this.comma();
        this.write(wrap ? `\n${'  '.repeat(this.indent)}` : ' ');
        const more = `... ${length - index} more items`;
        this.write(this.settings.colors ? paint('dim', more) : more);
        break;
      }
      const hole = holeAt(array, index, length);
      next();
      if (hole > 0) {
        this.hole(hole);
        index += hole - 1;
        continue;
      }
      shown += 1;
      this.#element(array[index]);
    }
    if (!types.isArgumentsObject(array)) {
      for (const property of properties(array, true)) {
        this.comma();
        this.space();
        this.#property(property);
      }
    }
    this.indent -= 1;
    this.depth -= 1;
    if (wrap && broken) {
      this.line = this.indent * 2;
      this.write(`\n${'  '.repeat(this.indent)}]`);
      this.line = this.indent * 2 + 1;
    } else {
      this.write(' ]');
      this.line += 2;
    }
  }

  /** @param {unknown} value */
  #element(value) {
    this.#format(value);
    if (this.settings.colors && isStringLike(value)) this.write(RESET);
  }

  /** @param {string} name @param {number} size @param {Iterable<any>} entries */
  #entries(name, size, entries) {
    if (size === 0) {
      this.write(`${name} {}`);
      return;
    }
    if (this.depth > this.settings.depth) {
      this.write(this.settings.colors ? paint('cyan', `[${name} ...]`) : `[${name} ...]`);
      return;
    }
    const lines = [];
    for (const entry of name === 'Map' ? Map.prototype.entries.call(entries) : Set.prototype.values.call(entries)) {
      lines.push(() => {
        if (name === 'Set') {
          this.#format(entry);
          return;
        }
        this.#format(entry[0]);
        this.write(': ');
        this.#format(entry[1]);
      });
    }
    this.block(`${name}(${size}) {`, '}', lines, false);
  }
}

module.exports = { Formatter };
