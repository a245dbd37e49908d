'use strict';

/**
 * Splits `BUN_OPTIONS` into arguments: at white space, but not between quotes.
 *
 * @param {string} text
 * @returns {string[]}
 */
function words(text) {
  const found = [];
  for (const [word] of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    found.push(
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
        (_, double, single, escaped) => double?.replaceAll(/\\(.)/g, '$1') ?? single ?? escaped,
      ),
    );
  }
  return found;
}

module.exports = { words };
