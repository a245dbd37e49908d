'use strict';

/**
 * bunfig.toml. The runtime reads the one of the current directory (or of `--config`), never the
 * user's global one, which is for the package manager.
 *
 * @see bun-types/docs/runtime/bunfig.mdx
 */

const fs = require('node:fs');
const path = require('node:path');

/** The names of Bun's loaders. */
const loaders = new Set(
  'js jsx ts tsx css file json jsonc json5 toml yaml wasm napi base64 dataurl text txt html sqlite sqlite_embedded sh'.split(
    ' ',
  ),
);

/** @type {{ file: string, settings: Record<string, any> } | undefined} */
let loaded;

/**
 * A mistake in it ends the process, with Bun's message and exit code 1.
 *
 * @param {Record<string, any>} flags
 * @returns {Record<string, any>} empty when there is none
 */
function loadBunfig(flags) {
  const file = path.resolve(typeof flags.config === 'string' ? flags.config : 'bunfig.toml');
  if (loaded?.file !== file) loaded = { file, settings: read(file, flags.config !== undefined) };
  return loaded.settings;
}

/** @param {string} file @param {boolean} required */
function read(file, required) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    if (!required) return {};
    return fail(`ENOENT: ${file}: No such file or directory (open())\nwhile reading config "${file}"`);
  }
  return text.trim() ? parse(text, file) : {};
}

/** @param {string} text @param {string} file */
function parse(text, file) {
  let settings;
  try {
    settings = require('../loader/data').parse(text, file, 'toml');
  } catch (error) {
    return fail(`${/** @type {Error} */ (error).stack}\n\nSyntaxError: failed to load bunfig`);
  }
  const problem = check(settings);
  if (!problem) return settings;
  const [message, key, item] = problem;
  const { excerpt, position } = placeOf(text, key, item);
  return fail(`${excerpt}error: ${message}\n    at ${file}${position}\n\nInvalid Bunfig: failed to load bunfig`);
}

/** Where a key's value stands. @param {string} text @param {string} key @param {unknown} [item] the one of a list that is meant */
function placeOf(text, key, item) {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => new RegExp(`(?:^|[\\s{,."'])${key}["']?\\s*=`).test(line));
  if (at < 0) return { excerpt: '', position: '' };
  const column = lines[at].search(new RegExp(`(?:^|[\\s{,."'])${key}["']?\\s*=`));
  const start = lines[at].indexOf('=', column) + 1;
  const within =
    item === undefined
      ? -1
      : lines[at].slice(start).search(new RegExp(`["']?${String(item).replaceAll(/\W/g, '\\$&')}`));
  const value = start + (within < 0 ? lines[at].slice(start).search(/\S|$/) : within);
  const number = `${at + 1} | `;
  const excerpt = `${number}${lines[at].trimEnd()}\n${' '.repeat(number.length + value)}^\n`;
  return { excerpt, position: `:${at + 1}:${value + 1}` };
}

/** @param {Record<string, any>} settings @returns {[message: string, key: string, item?: unknown] | undefined} what is wrong with them, and the key that it stands at */
function check(settings) {
  const { preload, define, loader, smol, test, run, env, console, jsx } = settings;
  const wrong = (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ values) => {
    const found = Object.entries(values).find(([, value]) => value !== undefined && kindOf(value) !== kind);
    return found && /** @type {[string, string]} */ ([`expected ${kind} but received ${kindOf(found[1])}`, found[0]]);
  };
  for (const list of [preload, test?.preload]) {
    if (list !== undefined && typeof list !== 'string' && !Array.isArray(list))
      return ['Expected preload to be an array', 'preload'];
  }
  const { jsxFactory, jsxFragment, jsxImportSource } = settings;
  const environment = typeof env === 'object' ? { file: env.file } : { env };
  const problem =
    wrong('object', { define, loader, test, run }) ??
    wrong('boolean', { smol, silent: run?.silent, bun: run?.bun, ...environment }) ??
    wrong('string', define ?? {}) ??
    wrong('string', { jsxFactory, jsxFragment, jsxImportSource });
  if (problem) return problem;
  const unknown = Object.entries(loader ?? {}).find(([, name]) => !loaders.has(name));
  if (unknown) return ['Invalid loader', unknown[0]];
  if (typeof jsx === 'string' && !['react', 'react-jsx', 'react-jsxDEV'].includes(jsx)) {
    return ["Invalid jsx runtime, only 'react', 'react-jsx', and 'react-jsxDEV' are supported", 'jsx'];
  }
  if (console?.depth !== undefined && typeof console.depth !== 'number') return ['Expected number', 'depth'];
  return test && (require('./bunfig-test-section').checkTest(test, kindOf) || undefined);
}

/** @param {unknown} value */
function kindOf(value) {
  return Array.isArray(value) ? 'array' : typeof value;
}

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

module.exports = { loadBunfig, loaders };
