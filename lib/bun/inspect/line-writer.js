'use strict';

const { RESET, start, paint } = require('./colors');

const LONGEST_LINE = 80;
const IDENTIFIER = /^[A-Za-z$_][\w$]*$/; // Bun quotes a key beyond ASCII

/** @typedef {{ depth: number, colors: boolean, sorted: boolean, compact: boolean, inspect: Function, warns?: boolean }} Settings `warns`: errors are warnings, without their source */

/**
 * Writes what the formatter decides. Bun breaks lines by an estimate of the current line's length,
 * which counts what it wrote since the last break; `line` is that estimate, to the character.
 */
class LineWriter {
  out = '';
  line = 0;
  indent = 0;
  depth = 0;
  /** Whether a string is quoted. */
  quote = true;
  /** @type {Settings} */ settings;

  /** @param {Settings} settings @param {number} [indent] how many levels it stands in already */
  constructor(settings, indent = 0) {
    this.settings = settings;
    this.indent = indent;
  }

  /** What is printed so far. */
  get text() {
    return this.out;
  }

  /** Text that the estimate of the line's length counts. @param {string} text */
  count(text) {
    this.line += text.length;
    this.write(text);
  }

  /** Makes the estimate larger. @param {number} length */
  lengthen(length) {
    this.line += length;
  }

  /** Text that it does not count. @param {string} text */
  append(text) {
    this.write(text);
  }

  /** Prints `{`, one line for each part with a comma, `}`. @param {string} open @param {string} close @param {(() => void)[]} lines @param {boolean} [counted] whether the estimate knows the line breaks, which it does not for Map and Set */
  block(open, close, lines, counted = true) {
    const { compact } = this.settings;
    if (counted) this.line = this.indent * 2 + 1;
    this.indent += 1;
    this.depth += 1;
    this.quote = true;
    this.write(open);
    for (const [index, line] of lines.entries()) {
      if (index > 0) this.comma();
      if (compact) this.space();
      else this.newLine(counted && index > 0);
      line();
    }
    this.indent -= 1;
    this.depth -= 1;
    if (compact) {
      this.line += 2;
      this.write(` ${close}`);
    } else {
      this.comma();
      this.write(`\n${'  '.repeat(this.indent)}${close}`);
      if (counted) this.line += 1;
    }
  }

  /** @param {string} text */
  string(text) {
    this.line += text.length;
    if (!this.quote) this.write(text);
    else if (text === '') this.write('""');
    else this.write(this.settings.colors ? paint('green', JSON.stringify(text)) : JSON.stringify(text));
  }

  /** @param {string} text @param {import('./colors').Style} style */
  word(text, style) {
    this.line += text.length;
    this.write(this.settings.colors ? paint(style, text) : text);
  }

  /** @param {import('./colors').Style} style @param {string} text */
  styled(style, text) {
    return this.settings.colors ? `${start(style)}${text}${RESET}` : text;
  }

  /** @param {string | symbol} key */
  key(key) {
    const { colors } = this.settings;
    if (typeof key === 'symbol') {
      const name = `Symbol(${key.description ?? ''})`;
      this.line += name.length + 4;
      const dim = start('dim');
      this.write(colors ? `${RESET}${dim}[${RESET}${start('blue')}${name}${RESET}${dim}]:${RESET} ` : `[${name}]: `);
      return;
    }
    const plain = IDENTIFIER.test(key);
    this.line += key.length + (plain ? 1 : 3);
    const shown = plain ? key : JSON.stringify(key);
    this.write(
      colors
        ? `${RESET}${plain ? '' : start('green')}${shown}${plain ? '' : RESET}${start('dim')}:${RESET} `
        : `${shown}: `,
    );
  }

  /** @param {number} count */
  hole(count) {
    const text = count === 1 ? 'empty item' : `${count} x empty items`;
    if (count > 1) this.line += String(count).length;
    this.write(this.settings.colors ? paint('dim', text) : text);
  }

  comma() {
    this.write(this.settings.colors ? `${RESET}${start('dim')},${RESET}` : ',');
    this.line += 1;
  }

  space() {
    this.write(' ');
    this.line += 1;
  }

  /** @param {boolean} counted */
  newLine(counted) {
    this.write(`\n${'  '.repeat(this.indent)}`);
    if (counted) this.line = this.indent * 2;
  }

  /** Prints what stands deeper, and the line break behind it. @param {() => void} print */
  indented(print) {
    this.indent += 1;
    const { quote } = this;
    this.quote = true;
    print();
    this.quote = quote;
    this.indent -= 1;
    this.newLine(true);
  }

  /** Whether the line is long enough to be broken; if so it counts as broken. */
  full() {
    if (this.line <= LONGEST_LINE) return false;
    this.line = this.indent * 2;
    return true;
  }

  /** @param {string} text */
  write(text) {
    this.out += text;
  }
}

module.exports = { LineWriter };
