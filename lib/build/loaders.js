'use strict';

/**
 * Which of Bun's loaders reads a file.
 *
 * @see bun-types/docs/bundler/loaders.mdx
 */

/** A bundle takes JSX in plain JavaScript. @type {Record<string, string>} */
const byExtension = { ...require('../loader/extensions'), '.js': 'jsx' };

/** @param {string} file @param {Record<string, string>} given `loader` of the config @returns {string} */
function loaderOf(file, given) {
  const name = file.slice(file.lastIndexOf('/') + 1);
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const loader = given[name.slice(dot)] ?? byExtension[name.slice(dot)];
    if (loader) return loader;
  }
  return name.includes('.') ? 'file' : 'js';
}

module.exports = { loaderOf };
