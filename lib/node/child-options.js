'use strict';

/**
 * What the options of all functions of `node:child_process` have in common: which values are plain, and the
 * environment as Node reads it.
 */

/** @typedef {Record<string, (value: any) => boolean>} Plain the options that are understood, and which values */

const isText = (/** @type {unknown} */ value) => typeof value === 'string' && !value.includes('\0');
const isSwitch = (/** @type {unknown} */ value) => value == null || typeof value === 'boolean';
const isAny = () => true;

/**
 * The options that are set.
 *
 * @param {any} options
 * @param {Plain} plain
 * @returns {Record<string, any> | undefined} undefined for what is Node's to look at
 */
function optionsOf(options, plain) {
  if (options === null || Array.isArray(options) || (options !== undefined && typeof options !== 'object'))
    return undefined;
  // As in Node nobody gets at a child by way of `Object.prototype`.
  const own = Object.assign(Object.create(null), options);
  for (const [name, value] of Object.entries(own))
    if (value !== undefined && !(Object.hasOwn(plain, name) && plain[name](value))) return undefined;
  return own;
}

/**
 * An environment: inherited members count.
 *
 * @param {any} given
 * @returns {[string, string][] | undefined} undefined for what is Node's to look at
 */
function variablesOf(given) {
  // Node adds its own variable for coverage.
  if (given && given !== process.env && process.env.NODE_V8_COVERAGE !== undefined) return undefined;
  const env = given || process.env;
  /** @type {[string, string][]} */
  const variables = [];
  for (const name in env) {
    const value = env[name];
    if (value === undefined) continue;
    if (typeof value === 'symbol') return undefined;
    const text = `${value}`;
    if (!isText(name) || !isText(text)) return undefined;
    variables.push([name, text]);
  }
  return variables;
}

/** What Node calls a signal; one without a name has an empty one. @param {unknown} name or its number */
const nameOf = (name) => (typeof name === 'string' ? name : '');

module.exports = { isText, isSwitch, isAny, optionsOf, variablesOf, nameOf };
