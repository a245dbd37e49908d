'use strict';

/**
 * Options of `Bun.Image`: numbers are brought into their range, what is of another type says nothing.
 */

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** As Sharp has it. */
const MAX_PIXELS = 0x3fff * 0x3fff;
/** That can be asked for; a longer one becomes this. */
const LONGEST_SIDE = 0x3ffff;
const USUAL_QUALITY = 80;
const FILTERS = [
  'box',
  'bilinear',
  'linear',
  'lanczos3',
  'mitchell',
  'nearest',
  'cubic',
  'lanczos2',
  'mks2013',
  'mks2021',
];
const FITS = ['fill', 'inside'];

/** What an image is turned into where nothing was said; `src/bun/image.rs` reads it. @type {Readonly<Record<string, any>>} */
const UNCHANGED = Object.freeze({
  maxPixels: MAX_PIXELS,
  autoOrient: true,
  turns: 0,
  flip: false,
  flop: false,
  width: undefined,
  height: 0,
  filter: 'lanczos3',
  inside: false,
  withoutEnlargement: false,
  brightness: 1,
  saturation: 1,
  format: undefined,
  quality: USUAL_QUALITY,
  progressive: false,
  lossless: false,
  level: undefined,
  colors: undefined,
  dither: false,
});

/** @param {any} options @returns {any} */
const given = (options) => (typeof options === 'object' && options !== null ? options : {});

/** @param {unknown} value @param {number} least @param {number} most @param {any} [otherwise] @returns {any} */
function integer(value, least, most, otherwise = undefined) {
  if (typeof value !== 'number') return otherwise;
  return Math.trunc(Math.min(Math.max(Number.isNaN(value) ? least : value, least), most));
}

/** @param {string[]} names */
function listed(names) {
  const quoted = names.map((name) => `'${name}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** @param {unknown} value @param {string} name @param {string[]} names @param {string} otherwise @returns {string} */
function oneOf(value, name, names, otherwise) {
  if (value == null) return otherwise;
  if (typeof value !== 'string') throw ERR_INVALID_ARG_TYPE(`${name} must be a string`);
  if (!names.includes(value)) throw ERR_INVALID_ARG_TYPE(`${name} must be one of ${listed(names)}`);
  return value;
}

/** @param {unknown} options of the constructor */
function guards(options) {
  const { maxPixels, autoOrient } = given(options);
  return {
    maxPixels: integer(maxPixels, 0, Number.MAX_SAFE_INTEGER, MAX_PIXELS),
    autoOrient: autoOrient === undefined || Boolean(autoOrient),
  };
}

/** @param {unknown} width @param {unknown} height @param {unknown} options */
function size(width, height, options) {
  if (typeof width !== 'number') throw ERR_INVALID_ARG_TYPE('resize(width, height?, options?)');
  const { filter, fit, withoutEnlargement } = given(options);
  const kernel = oneOf(filter, 'filter', FILTERS, UNCHANGED.filter);
  return {
    width: integer(width, 1, LONGEST_SIDE),
    height: integer(height, 0, LONGEST_SIDE, 0),
    filter: kernel === 'linear' ? 'bilinear' : kernel,
    inside: oneOf(fit, 'fit', FITS, 'fill') === 'inside',
    withoutEnlargement: Boolean(withoutEnlargement),
  };
}

/** @param {unknown} degrees @returns {number} quarters of a turn, 0 to 3 */
function quarters(degrees) {
  if (typeof degrees !== 'number') throw ERR_INVALID_ARG_TYPE('rotate(degrees) expects 90, 180 or 270');
  const whole = Math.trunc(degrees);
  if (!Number.isSafeInteger(whole) || whole % 90 !== 0)
    throw ERR_INVALID_ARG_TYPE('rotate: only multiples of 90 are supported');
  return (((whole / 90) % 4) + 4) % 4;
}

/** What is not given stays as it was. @param {unknown} options */
function tone(options) {
  /** @type {Record<string, number>} */
  const factors = {};
  const { brightness, saturation } = given(options);
  for (const [name, value] of Object.entries({ brightness, saturation }))
    if (typeof value === 'number' && Number.isFinite(value)) factors[name] = Math.max(value, 0);
  return factors;
}

/** What a format's method sets; what another one had set is gone. @param {string} format @param {unknown} options */
function encoding(format, options) {
  const { quality, progressive, lossless, compressionLevel, palette, colors, dither } = given(options);
  return {
    format,
    quality: integer(quality, 1, 100, USUAL_QUALITY),
    progressive: Boolean(progressive),
    lossless: Boolean(lossless),
    level: integer(compressionLevel, 0, 9),
    colors: palette ? integer(colors, 2, 256, 256) : undefined,
    dither: Boolean(dither),
  };
}

module.exports = { UNCHANGED, encoding, guards, listed, oneOf, quarters, size, tone };
