'use strict';

/**
 * Fills the title of `.each` rows.
 *
 * @see https://bun.com/docs/test/writing-tests#format-specifiers
 * @param {string} title
 * @param {unknown} row one entry of the table
 * @param {number} index its position
 * @returns {string}
 */
function formatTitle(title, row, index) {
  const values = Array.isArray(row) ? row : [row];
  let next = 0;
  const filled = title.replace(/%([%#psdifjoO])/g, (whole, kind) => {
    if (kind === '%') return '%';
    if (kind === '#') return String(index);
    if (next >= values.length) return whole;
    return formatValue(kind, values[next++]);
  });
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return filled;
  return filled.replace(/\$([A-Za-z_$][\w$]*(?:\.[\w$]+)*|#)/g, (whole, path) => {
    if (path === '#') return String(index);
    /** @type {any} */
    let value = row;
    for (const key of path.split('.')) {
      if (value === null || value === undefined || !Object.hasOwn(Object(value), key)) return whole;
      value = value[key];
    }
    return typeof value === 'string' ? value : format(value);
  });
}

/** @param {string} kind @param {any} value @returns {string} */
function formatValue(kind, value) {
  switch (kind) {
    case 's':
      return typeof value === 'string' ? value : format(value);
    case 'd':
      return typeof value === 'number' || typeof value === 'bigint' ? String(value) : String(Number(value));
    case 'i':
      return typeof value === 'bigint' ? String(value) : String(Number.parseInt(value, 10));
    case 'f':
      return String(Number.parseFloat(value));
    case 'j':
      return String(JSON.stringify(value));
    default:
      return format(value);
  }
}

/** @param {unknown} value @returns {string} */
function format(value) {
  return require('./format').format(value);
}

module.exports = { formatTitle };
