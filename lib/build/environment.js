'use strict';

/**
 * What stands for `process.env.X` in a bundle, and the other names that the bundler replaces.
 *
 * @see bun-types/docs/bundler/index.mdx "env", "define"
 */

const { placeDefinitions } = require('./import-meta');

/** Names that can stand after a dot. */
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * @param {import('./config').Settings} settings
 * @returns {Record<string, string>} expression -> its replacement, as source text
 */
function definitions({ define, env, format }) {
  const mode = process.env.NODE_ENV || 'development';
  return {
    'process.env.NODE_ENV': JSON.stringify(mode),
    ...placeDefinitions(format),
    ...variables(env),
    ...define,
  };
}

/** @param {string} env `inline`, `disable` or a prefix and `*` @returns {Record<string, string>} */
function variables(env) {
  if (env === 'disable') return {};
  const prefix = env === 'inline' ? '' : env.slice(0, env.indexOf('*'));
  const chosen = Object.entries(process.env).filter(([name]) => name.startsWith(prefix) && identifier.test(name));
  return Object.fromEntries(chosen.map(([name, value]) => [`process.env.${name}`, JSON.stringify(value)]));
}

/** @param {Record<string, string>} defined */
function isProduction(defined) {
  return /^["'`]production["'`]$/.test(defined['process.env.NODE_ENV'] ?? '');
}

module.exports = { definitions, isProduction };
