'use strict';

/**
 * `feature('NAME')` of `bun:bundle`: `true` or `false`, decided when the bundle is made.
 *
 * @see bun-types/docs/bundler/index.mdx "features"
 */

const clause = /\bimport\s*\{([^}]*)\}\s*from\s*(["'])bun:bundle\2\s*;?/g;

/** @param {string} source @param {Set<string>} features @returns {string} of the same number of lines */
function decide(source, features) {
  /** @type {string[]} */
  const names = [];
  const text = source.replace(clause, (all, list) => {
    for (const part of list.split(',')) {
      const [, local] = /^\s*feature(?:\s+as\s+([\w$]+))?\s*$/.exec(part) ?? [];
      if (/^\s*feature\b/.test(part)) names.push(local ?? 'feature');
    }
    return all.replace(/[^\n]/g, ' ');
  });
  if (!names.length) return text;
  const call = new RegExp(
    `(?<![\\w$.])(?:${names.map((name) => name.replaceAll('$', '\\$')).join('|')})\\(\\s*(["'\`])([^"'\`]*)\\1\\s*\\)`,
    'g',
  );
  return text.replace(call, (_, quote, name) => String(features.has(name)));
}

module.exports = { decide };
