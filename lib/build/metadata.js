'use strict';

/**
 * `emitDecoratorMetadata` of tsconfig.json, which the bundler does not know and our transpiler does.
 */

const fs = require('node:fs');
const path = require('node:path');

/** How many files `extends` is followed through: more is a circle. */
const deepest = 16;

/** @param {import('./config').Settings} settings @returns {boolean} whether the project wants it */
function wantsMetadata({ tsconfig, directory, entrypoints }) {
  const file = tsconfig ? path.resolve(directory, tsconfig) : nearest(path.resolve(directory, entrypoints[0]));
  return file !== undefined && optionOf(file, deepest) === true;
}

/** @param {string} from */
function nearest(from) {
  for (let folder = path.dirname(from), last = ''; folder !== last; folder = path.dirname(folder)) {
    const file = path.join(folder, 'tsconfig.json');
    if (fs.existsSync(file)) return file;
    last = folder;
  }
  return undefined;
}

/** @param {string} file @param {number} depth @returns {unknown} */
function optionOf(file, depth) {
  const config = read(file);
  const own = config?.compilerOptions?.emitDecoratorMetadata;
  if (own !== undefined || depth === 0 || config?.extends === undefined) return own;
  const bases = [config.extends].flat().map((base) => baseFile(String(base), file));
  return bases
    .toReversed()
    .flatMap((base) => (base ? [optionOf(base, depth - 1)] : []))
    .find((one) => one !== undefined);
}

/** @param {string} base @param {string} file */
function baseFile(base, file) {
  if (/^\.|^\//.test(base)) {
    const found = path.resolve(path.dirname(file), base);
    return fs.existsSync(found) ? found : `${found}.json`;
  }
  try {
    return require('node:module')
      .createRequire(file)
      .resolve(base.endsWith('.json') ? base : `${base}/tsconfig.json`);
  } catch {
    return undefined; // the bundler complains of it
  }
}

/** @param {string} file @returns {any} */
function read(file) {
  try {
    return require('../loader/data').parse(fs.readFileSync(file, 'utf8'), file, 'jsonc');
  } catch {
    return undefined;
  }
}

/** Decorators as calls, with the types of what they stand on. @param {string} source of TypeScript @returns {string} JavaScript */
function withMetadata(source) {
  return require('../loader/engine').binding().transformText(source, {
    loader: 'ts',
    define: [],
    trimUnusedImports: true,
    minifyWhitespace: false,
    classicJsx: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  });
}

module.exports = { wantsMetadata, withMetadata };
