'use strict';

/**
 * `Bun.$`, also `$` of the module `bun`.
 *
 * @see https://bun.com/docs/runtime/shell
 */

const { templateOf } = require('./expression');
const { ShellPromise, Prepared, entryOf } = require('./promise');
const { ShellError } = require('./output');
const engine = require('./engine');

/** What Bun puts in quotes. */
const SPECIAL = /[~[\]#;\n*{},`$=()0-9|><&'"? \t\\]/;

/** Parsed templates, by their text: a template in a loop is parsed once. @type {WeakMap<object, any>} */
const parsed = new WeakMap();
/** The same for those that have text of their own in them (`{ raw }`): the latest few. @type {Map<string, any>} */
const recent = new Map();
/** How many, and how long they may be. */
const RECENT = 64;
const LONGEST = 4096;

/** The defaults of a `$`. */
class Defaults {
  /** @type {string | undefined} */
  cwd;
  /** @type {string | undefined} variables, joined by NUL */
  env;
  throws = true;
}

/** @type {WeakMap<Function, Defaults>} */
const defaults = new WeakMap();

/** @param {any} shell @returns {Defaults} */
function defaultsOf(shell) {
  const found = defaults.get(shell);
  if (!found) throw new TypeError('not a shell');
  return found;
}

/** @param {Defaults} own @param {any} strings @param {any[]} expressions */
function prepare(own, strings, expressions) {
  const raw = strings?.raw;
  if (!Array.isArray(raw)) {
    throw new Error("Please use '$' as a tagged template function: $`cmd arg1 arg2`");
  }
  const template = templateOf(raw, expressions);
  const script = template.plain ? parsedOnce(strings, template.parts) : parsedRecently(template.parts);
  for (let i = 0; i < template.values.length; i++) {
    const value = template.values[i];
    if (typeof value !== 'string' && !Array.isArray(value) && script.uses[i] === 0) script.native.refuse(i);
  }
  return new Prepared(script, template.values, own.env, own.cwd);
}

/** @param {object} strings @param {string[]} parts */
function parsedOnce(strings, parts) {
  let script = parsed.get(strings);
  if (!script) parsed.set(strings, (script = new engine.Script(parts)));
  return script;
}

/** @param {string[]} parts */
function parsedRecently(parts) {
  const text = parts.join('\0');
  // With a NUL in a part two scripts would have one text.
  if (text.length > LONGEST || parts.some((part) => part.includes('\0'))) return new engine.Script(parts, true);
  let script = recent.get(text);
  if (script) return script;
  script = new engine.Script(parts);
  if (recent.size >= RECENT) recent.delete(/** @type {string} */ (recent.keys().next().value));
  recent.set(text, script);
  return script;
}

/** What `$` and every `new $.Shell()` have. */
const members = {
  /** @param {Record<string, any>} [newEnv] @returns {any} @throws {TypeError} @this {any} */
  env(newEnv) {
    if (newEnv === null || (newEnv !== undefined && typeof newEnv !== 'object' && typeof newEnv !== 'string')) {
      throw new TypeError('env must be an object or undefined');
    }
    defaultsOf(this).env = newEnv === undefined ? undefined : Object.entries(newEnv).map(entryOf).join('\0');
    return this;
  },

  /** @param {string} [newCwd] @returns {any} @throws {TypeError} @this {any} */
  cwd(newCwd) {
    if (newCwd !== undefined && typeof newCwd !== 'string') throw new TypeError('cwd must be a string or undefined');
    defaultsOf(this).cwd = newCwd || undefined;
    return this;
  },

  /** @this {any} */
  nothrow() {
    return this.throws(false);
  },

  /** @this {any} @param {boolean} doThrow @returns {any} */
  throws(doThrow) {
    defaultsOf(this).throws = Boolean(doThrow);
    return this;
  },
};

/** @param {string} name @param {any} prototype */
function makeShell(name, prototype) {
  const own = new Defaults();
  const shell = (/** @type {any} */ strings, /** @type {any[]} */ ...expressions) =>
    new ShellPromise(prepare(own, strings, expressions), own.throws);
  Object.defineProperty(shell, 'name', { value: name, configurable: true });
  Object.setPrototypeOf(shell, prototype);
  defaults.set(shell, own);
  return shell;
}

/** A `$` of its own, with defaults of its own. */
class Shell {
  constructor() {
    // oxlint-disable-next-line no-constructor-return -- as in Bun, what is made is a function
    return /** @type {any} */ (makeShell('Shell', new.target.prototype));
  }
}
Object.setPrototypeOf(Shell.prototype, Function.prototype);
for (const [name, value] of Object.entries(members)) {
  Object.defineProperty(Shell.prototype, name, { value, writable: true, enumerable: false, configurable: true });
}

/**
 * Brace expansion.
 *
 * @param {string} pattern
 * @returns {string[]}
 */
function braces(pattern) {
  return engine.braces(String(pattern));
}

/**
 * Text as one word of a script.
 *
 * @param {string} input
 * @returns {string}
 */
function escape(input) {
  const text = String(input);
  if (text === '') return '""';
  return SPECIAL.test(text) ? `"${text.replaceAll(/[\\"`$]/g, String.raw`\$&`)}"` : text;
}

const $ = /** @type {any} */ (makeShell('BunShell', Shell.prototype));
Object.assign($, { Shell, ShellPromise, ShellError, braces, escape });

module.exports = $;
