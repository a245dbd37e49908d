'use strict';

/**
 * Templates of file names, `[dir]/[name]-[hash].[ext]`, and the hashes in them.
 *
 * The engine writes its own hashes into the names and the imports; ours take the same room, so that
 * they can be replaced in place.
 *
 * @see bun-types/docs/bundler/index.mdx "naming"
 */

const { createHash } = require('node:crypto');
const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @typedef {object} Template
 * @property {string} text as given
 * @property {string} engine as the engine reads it
 * @property {number} hash how many characters `[hash]` has; 0 without one
 * @property {string | undefined} extension the end of every name, where the template does not say `[ext]`
 * @typedef {{ entry: Template, chunk: Template, asset: Template, isDefault: boolean }} Naming
 */

const defaults = { entry: '[dir]/[name].[ext]', chunk: 'chunk-[hash].[ext]', asset: '[name]-[hash].[ext]' };

/** What the engine's hash is followed by where a wider one is asked for. */
const filler = '0';
const engineDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * @param {any} given `naming` of the config
 * @param {string} target
 * @returns {Naming}
 */
function readNaming(given, target) {
  if (given !== undefined && given !== null && typeof given !== 'string' && typeof given !== 'object') {
    throw ERR_INVALID_ARG_TYPE('Expected naming to be a string or an object');
  }
  const names = typeof given === 'string' ? { entry: given } : (given ?? {});
  for (const name of /** @type {const} */ (['entry', 'chunk', 'asset'])) {
    if (names[name] !== undefined && names[name] !== null && typeof names[name] !== 'string') {
      throw ERR_INVALID_ARG_TYPE(`The "${name}" property must be of type string, got ${typeof names[name]}`);
    }
  }
  return {
    entry: template(names.entry || defaults.entry, target),
    chunk: template(names.chunk || defaults.chunk, target),
    asset: template(names.asset || defaults.asset, target),
    isDefault: !names.entry,
  };
}

/** @param {string} text @param {string} target @returns {Template} */
function template(text, target) {
  const [, width] = /\[hash(\d*)\]/.exec(text) ?? [];
  const hash = width === undefined ? 0 : Math.min(13, Math.max(8, Number(width || 8)));
  const withExtension = text.endsWith('.[ext]');
  const engine = text
    .replace(/\.\[ext\]$/, '')
    .replace(/\[hash\d*\]/, `[hash]${filler.repeat(Math.max(0, hash - 8))}`)
    .replaceAll('[target]', target)
    .replace(/^(?:\.?\/)+/, '');
  return { text, engine, hash, extension: withExtension ? undefined : '' };
}

/**
 * Fills in a template.
 *
 * @param {Template} template
 * @param {{ dir: string, name: string, ext: string, hash: string }} parts
 * @returns {string} a path, with `/`
 */
function applied({ text }, { dir, name, ext, hash }) {
  const filled = text
    .replaceAll('[dir]', dir)
    .replaceAll('[name]', name)
    .replaceAll('[ext]', ext)
    .replaceAll(/\[hash\d*\]/g, hash);
  return require('node:path')
    .posix.normalize(filled)
    .replace(/^(?:\.?\/)+/, '');
}

/** The engine's hash of eight digits in Bun's, and as wide as asked for. @param {string} hash @param {number} width */
function respell(hash, width) {
  const short = [...hash].map((digit) => digits[engineDigits.indexOf(digit)]).join('');
  return short + spell(createHash('sha1').update(hash).digest()).slice(0, width - 8);
}

/** @param {Uint8Array} bytes @returns {string} five bits a digit */
function spell(bytes) {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += digits[(held >> bits) & 31];
    }
  }
  return text;
}

/**
 * Finds the engine's hash in a name that it made of a template.
 *
 * @param {string} name a path, with `/`
 * @param {Template} made
 * @returns {{ index: number, hash: string } | undefined} `hash` without the filler
 */
function findHash(name, { engine, hash }) {
  if (!hash) return undefined;
  const [before, after] = engine.split('[hash]').map(expression);
  const found = new RegExp(`(?:^|/)(${before})([A-Z2-7]{8})${after}(?:\\.[^/]*)?$`, 'd').exec(name);
  const indices = /** @type {any} */ (found)?.indices;
  return found ? { index: indices[2][0], hash: found[2] } : undefined;
}

/** @param {string} part of a template */
function expression(part) {
  return part
    .split(/(\[(?:dir|name|ext)\])/)
    .map((piece) => (/^\[\w+\]$/.test(piece) ? '.*' : piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
}

module.exports = { readNaming, applied, respell, spell, findHash };
