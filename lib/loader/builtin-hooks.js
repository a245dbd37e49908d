'use strict';

/** The module hooks of `builtin-imports.js`. */

const fs = require('node:fs');
const { fileURLToPath } = require('node:url');
const { modules } = require('../modules');

const scheme = 'dx-compat:';
const BUN = /(['"])bun\1/g;
/** `import Bun from 'bun'`, `import { serve, file as open } from "bun"`, both in one, `import 'bun'`. */
const DECLARATION = /\bimport\s*(?:(?:[\w$]+\s*,?\s*)?(?:\{([\w$\s,]*)\}\s*)?from\s*)?(['"])bun\2/g;

/** @param {string} specifier @param {any} context @param {Function} next */
function resolve(specifier, context, next) {
  if (!Object.hasOwn(modules, specifier) || context.conditions?.includes('require')) return next(specifier, context);
  const names = specifier === 'bun' ? wantedNames(context.parentURL) : undefined;
  const url = `${scheme}${specifier}${names ? `?${names.join(',')}` : ''}`;
  return { url, format: 'module', importAttributes: {}, shortCircuit: true };
}

/** @param {string} url @param {any} context @param {Function} next */
function load(url, context, next) {
  if (!url.startsWith(scheme)) return next(url, context);
  const { builtinFacade, namesOf } = require('./load');
  const [name, wanted] = url.slice(scheme.length).split('?');
  const names = wanted === undefined ? namesOf(modules[name]()) : wanted.split(',').filter(Boolean);
  return { format: 'module', source: builtinFacade(name, names), shortCircuit: true };
}

/**
 * The names that a module imports of `bun`: to show all would load every API.
 *
 * @param {string | undefined} url
 * @returns {string[] | undefined} undefined where that is not plain to see
 */
function wantedNames(url) {
  if (!url?.startsWith('file:')) return undefined;
  try {
    const source = fs.readFileSync(fileURLToPath(url.replace(/[?#].*$/, '')), 'utf8');
    const declarations = [...source.matchAll(DECLARATION)];
    if (declarations.length !== [...source.matchAll(BUN)].length) return undefined;
    const names = declarations.flatMap(([, list = '']) =>
      list.split(',').map((name) => name.trim().split(/\s+as\s+/)[0]),
    );
    const known = Object.keys(/** @type {object} */ (modules.bun()));
    return [...new Set(names)].filter((name) => known.includes(name)).sort();
  } catch {
    return undefined;
  }
}

module.exports = { resolve, load };
