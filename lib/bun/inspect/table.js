'use strict';

const { Formatter } = require('./formatter');
const { RESET, start } = require('./colors');

/**
 * `Bun.inspect.table`: rows and columns drawn with box characters, as `console.table` prints them.
 *
 * @see https://bun.com/docs/runtime/utils#bun-inspect-table-tabulardata-properties-options
 * @param {unknown} data an array, object, Map or Set of rows
 * @param {string[] | { colors?: boolean }} [properties] the columns to show
 * @param {{ colors?: boolean }} [options]
 * @returns {string}
 */
function table(data, properties = undefined, options = undefined) {
  if (data === null || typeof data !== 'object') return '';
  const chosen = Array.isArray(properties) ? properties.map(String) : undefined;
  const given = Array.isArray(properties) ? options : (options ?? properties);
  const colors = Boolean(/** @type {any} */ (given)?.colors);
  const { columns, rows, hasValues, isMap } = collect(data, chosen);
  const header = ['', ...(isMap ? ['Key'] : []), ...columns, ...(hasValues ? ['Values'] : [])];
  const print = (/** @type {unknown} */ value) => cell(value, colors);
  const lines = rows.map((row) => [
    { text: row.index, plain: row.index },
    ...(isMap ? [print(row.key)] : []),
    ...columns.map((name) => (row.cells.has(name) ? print(row.cells.get(name)) : EMPTY)),
    ...(hasValues ? ['value' in row ? print(row.value) : EMPTY] : []),
  ]);
  return draw(header, lines, colors);
}

const EMPTY = { text: '', plain: '' };

/**
 * @typedef {{ index: string, key?: unknown, cells: Map<string, unknown>, value?: unknown }} Row
 * @param {any} data
 * @param {string[] | undefined} chosen
 */
function collect(data, chosen) {
  /** @type {Row[]} */
  const rows = [];
  const columns = new Set(chosen);
  let hasValues = false;
  const add = (/** @type {string} */ index, /** @type {any} */ value, /** @type {{ key?: unknown }} */ more = {}) => {
    /** @type {Row} */
    const row = { index, cells: new Map(), ...more };
    if (value !== null && typeof value === 'object' && !('key' in more)) {
      for (const name of Object.keys(value)) {
        if (chosen === undefined) columns.add(name);
        row.cells.set(name, value[name]);
      }
    } else {
      row.value = value;
      hasValues = true;
    }
    rows.push(row);
  };
  const isMap = data instanceof Map;
  if (isMap) for (const [key, value] of data) add(String(rows.length), value, { key });
  else if (Array.isArray(data) || typeof data[Symbol.iterator] === 'function')
    for (const value of data) add(String(rows.length), value);
  else for (const name of Object.keys(data)) add(name, data[name]);
  return { columns: [...columns], rows, hasValues, isMap };
}

/** @param {unknown} value @param {boolean} colors */
function cell(value, colors) {
  const settings = { depth: 5, sorted: false, compact: true, inspect: require('../inspect') };
  const plain = new Formatter({ ...settings, colors: false }).print(value, false);
  return { plain, text: colors ? new Formatter({ ...settings, colors }).print(value, false) : plain };
}

/** @param {string[]} header @param {{ text: string, plain: string }[][]} lines @param {boolean} colors */
function draw(header, lines, colors) {
  const stringWidth = require('../string-width');
  const widths = header.map((title, at) =>
    Math.max(stringWidth(title) || (at === 0 ? 1 : 0), ...lines.map((line) => stringWidth(line[at].plain))),
  );
  const rule = (/** @type {string} */ left, /** @type {string} */ middle, /** @type {string} */ right) =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}\n`;
  const bold = (/** @type {string} */ text) => (colors ? `${RESET}${start('bold')}${text}${RESET}` : text);
  const titles = header.map((title, at) => ` ${bold(title + ' '.repeat(widths[at] - stringWidth(title)))} `);
  let out = `${rule('┌', '┬', '┐')}│${titles.join('│')}│\n${rule('├', '┼', '┤')}`;
  for (const line of lines) {
    const cells = line.map(({ text, plain }, at) => ` ${text}${' '.repeat(widths[at] - stringWidth(plain))} `);
    out += `│${cells.join('│')}│\n`;
  }
  return out + rule('└', '┴', '┘');
}

module.exports = table;
