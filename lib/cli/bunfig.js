'use strict';

/**
 * bunfig.toml. The runtime reads the one of the current directory (or of `--config`), never the
 * user's global one, which is for the package manager.
 *
 * @see bun-types/docs/runtime/bunfig.mdx
 */

const fs = require('node:fs');
const path = require('node:path');

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
  return problem ? fail(`error: ${problem}\n    at ${file}\n\nInvalid Bunfig: failed to load bunfig`) : settings;
}

/** @param {Record<string, any>} settings @returns {string | undefined} what is wrong with them */
function check({
  preload,
  define,
  loader,
  smol,
  test,
  run,
  env,
  console,
  jsx,
  jsxFactory,
  jsxFragment,
  jsxImportSource,
}) {
  for (const list of [preload, test?.preload]) {
    if (list !== undefined && typeof list !== 'string' && !Array.isArray(list))
      return 'Expected preload to be an array';
  }
  const tables = Object.entries({ define, loader, test, run });
  const objects = tables.find(
    ([, value]) => value !== undefined && (typeof value !== 'object' || Array.isArray(value)),
  );
  if (objects) return `expected object but received ${kindOf(objects[1])}`;
  const switches = [smol, run?.silent, run?.bun, typeof env === 'object' ? env.file : env];
  const wrong = switches.find((value) => value !== undefined && typeof value !== 'boolean');
  if (wrong !== undefined) return `expected boolean but received ${kindOf(wrong)}`;
  const text = Object.values(define ?? {}).find((value) => typeof value !== 'string');
  if (text !== undefined) return `expected string but received ${kindOf(text)}`;
  if (Object.values(loader ?? {}).some((name) => !loaders.has(name))) return 'Invalid loader';
  if (typeof jsx === 'string' && !['react', 'react-jsx', 'react-jsxDEV'].includes(jsx)) {
    return "Invalid jsx runtime, only 'react', 'react-jsx', and 'react-jsxDEV' are supported";
  }
  const name = [jsxFactory, jsxFragment, jsxImportSource].find(
    (value) => value !== undefined && typeof value !== 'string',
  );
  if (name !== undefined) return `expected string but received ${kindOf(name)}`;
  if (console?.depth !== undefined && typeof console.depth !== 'number') return 'Expected number';
  return undefined;
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

module.exports = { loadBunfig };
