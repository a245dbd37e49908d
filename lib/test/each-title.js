'use strict';

/**
 * Fills the title of `.each` rows: `%s` and its kind take the next argument, `$name` a property of the
 * first argument when that is an object. What does not fit its specifier stays as written.
 *
 * @see https://bun.com/docs/test/writing-tests#format-specifiers
 * @param {string} title
 * @param {unknown} row one entry of the table
 * @param {number} index its position
 * @returns {string}
 */
function formatTitle(title, row, index) {
  const values = Array.isArray(row) ? row : [row];
  const [first] = values;
  const named = typeof first === 'object' && first !== null;
  let next = 0;
  let shown = '';
  for (let i = 0; i < title.length; i++) {
    const c = title[i];
    if (c === '$' && named) {
      const [name] = /** @type {RegExpExecArray} */ (/^[\w$.]*/.exec(title.slice(i + 1)));
      const value = lookUp(first, name);
      i += name.length;
      if (value !== undefined && value !== null) shown += typeof value === 'string' ? value : format(value);
      else {
        shown += `$${name}`;
        i++; // Bun loses the character behind a name that it cannot fill
      }
    } else if (c === '%' && next < values.length && 'sdifjop%#'.includes(title[i + 1] ?? ' ')) {
      const kind = title[++i];
      if (kind === '%') shown += '%';
      else if (kind === '#') shown += index;
      else shown += formatValue(kind, values[next++]);
    } else shown += c;
  }
  return shown;
}

/** @param {any} object @param {string} path @returns {unknown} */
function lookUp(object, path) {
  if (path === '') return undefined;
  let value = object;
  for (const key of path.split('.')) {
    if (value === null || value === undefined) return undefined;
    value = value[key];
  }
  return value;
}

/** @param {string} kind @param {any} value @returns {string} */
function formatValue(kind, value) {
  switch (kind) {
    case 's':
      return typeof value === 'string' ? value : '%s';
    case 'i':
      return Number.isInteger(value) && !Object.is(value, -0) ? String(value) : '%i';
    case 'd':
    case 'f':
      return typeof value === 'number' ? String(value) : `%${kind}`;
    case 'j':
    case 'o':
      return JSON.stringify(value) ?? '';
    default:
      return format(value);
  }
}

/** @param {unknown} value @returns {string} */
function format(value) {
  return require('./format').format(value);
}

module.exports = { formatTitle };
