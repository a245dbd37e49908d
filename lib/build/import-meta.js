'use strict';

/**
 * What a source knows of its own place: `__dirname`, `__filename` and, where the format has no
 * `import.meta`, that too. Bun puts in where the source was.
 */

const path = require('node:path');
const { pathToFileURL } = require('node:url');

/** Property of `import.meta` -> an expression. @type {Record<string, (file: string) => string>} */
const properties = {
  url: (file) => JSON.stringify(pathToFileURL(file).href),
  dir: (file) => JSON.stringify(path.dirname(file)),
  dirname: (file) => JSON.stringify(path.dirname(file)),
  path: (file) => JSON.stringify(file),
  filename: (file) => JSON.stringify(file),
  file: (file) => JSON.stringify(path.basename(file)),
  main: () => 'require.main == module',
};

const prefix = '__import_meta_';

/** What the engine is to replace by names that `withPlace` declares. @param {string} format @returns {Record<string, string>} */
function placeDefinitions(format) {
  if (format === 'esm') return {};
  return Object.fromEntries(Object.keys(properties).map((name) => [`import.meta.${name}`, prefix + name]));
}

/** Whether an output has names that `withPlace` declares. @param {Buffer} bytes */
function mentionsPlace(bytes) {
  return bytes.includes('__dirname') || bytes.includes('__filename') || bytes.includes(prefix);
}

/** What has to stand first in a file: comments may come before a directive, nothing else. */
const head = /^(?:#!.*\n)?(?:(?:\s|\/\/.*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*(["'])use [\w ]+\1;?)*/;

/**
 * On a line that is there already, so that positions stay.
 *
 * @param {string} source
 * @param {string} file
 * @param {string} format
 * @param {string[]} declared names that the engine found to be the file's own
 */
function withPlace(source, file, format, declared) {
  const put = [
    ...missing(source, '__dirname', path.dirname(file), declared),
    ...missing(source, '__filename', file, declared),
    ...(format === 'esm' ? [] : meta(source, file)),
  ];
  if (!put.length) return source;
  const [first] = head.exec(source) ?? [''];
  return `${first}${first.endsWith('\n') || first === '' ? '' : ';'}var ${put.join(', ')};${source.slice(first.length)}`;
}

/**
 * A file may have a variable of that name itself: seen here where it is plain, else by the engine.
 *
 * @param {string} source
 * @param {string} name
 * @param {string} value
 * @param {string[]} declared
 */
function missing(source, name, value, declared) {
  if (!source.includes(name) || declared.includes(name)) return [];
  if (new RegExp(`^(?:export\\s+)?(?:var|let|const)\\s+${name}\\b`, 'm').test(source)) return [];
  return [`${name} = ${JSON.stringify(value)}`];
}

/** @param {string} source @param {string} file */
function meta(source, file) {
  const used = new Set([...source.matchAll(/\bimport\.meta\.(\w+)/g)].map(([, name]) => name));
  return Object.keys(properties)
    .filter((name) => used.has(name))
    .map((name) => `${prefix}${name} = ${properties[name](file)}`);
}

module.exports = { placeDefinitions, mentionsPlace, withPlace };
