'use strict';

const { ERR_INVALID_ARG_TYPE } = require('../internal/errors');

/**
 * The `transform` option: renames columns on their way in and out.
 *
 * @see https://bun.com/docs/runtime/sql#column-name-transforms
 */

/** @param {string} name `a_b` -> `aB`; an underscore in front stays */
const joined = (name) => name.slice(0, 1) + name.slice(1).replace(/_(.)/gsu, (_, letter) => letter.toUpperCase());
/** @param {string} name */
const capital = (name) => name.slice(0, 1).toUpperCase() + name.slice(1);
/** @param {string} name `aB` -> `a_b` */
const parted = (name) => name.replace(/[A-Z]/g, '_$&').toLowerCase();

function toCamel(/** @type {string} */ name) {
  return joined(name);
}
function toPascal(/** @type {string} */ name) {
  return capital(joined(name));
}
function toKebab(/** @type {string} */ name) {
  return name.replaceAll('_', '-');
}
function fromCamel(/** @type {string} */ name) {
  return parted(name);
}
function fromPascal(/** @type {string} */ name) {
  return parted(name.slice(0, 1).toLowerCase() + name.slice(1));
}
function fromKebab(/** @type {string} */ name) {
  return name.replaceAll('-', '_');
}

for (const from of [toCamel, toPascal, toKebab]) Object.assign(from, { column: { from } });
for (const to of [fromCamel, fromPascal, fromKebab]) Object.assign(to, { column: { to } });

const presets = {
  camel: { column: { from: toCamel, to: fromCamel } },
  pascal: { column: { from: toPascal, to: fromPascal } },
  kebab: { column: { from: toKebab, to: fromKebab } },
  toCamel,
  toPascal,
  toKebab,
  fromCamel,
  fromPascal,
  fromKebab,
};

/** @typedef {(name: string) => any} Rename */
/** @typedef {{ undefined: any, column: { from: Rename | undefined, to: Rename | undefined } }} Transform */

/** @param {any} given @returns {Transform | null} */
function normalizeTransform(given) {
  if (given === null) return null;
  if (typeof given !== 'object' && typeof given !== 'function') {
    throw ERR_INVALID_ARG_TYPE('transform', 'of type object', given);
  }
  const { column } = given;
  if (column != null && typeof column !== 'object' && typeof column !== 'function') {
    throw ERR_INVALID_ARG_TYPE('transform.column', 'one of type function or object', column);
  }
  const { from, to } = typeof column === 'function' ? { from: column, to: undefined } : (column ?? {});
  for (const [name, rename] of Object.entries({ from, to })) {
    if (rename !== undefined && typeof rename !== 'function') {
      throw ERR_INVALID_ARG_TYPE(`transform.column.${name}`, 'of type function', rename);
    }
  }
  return { undefined: given.undefined, column: { from, to } };
}

module.exports = { presets, normalizeTransform };
