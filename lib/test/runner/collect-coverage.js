'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { Session } = require('node:inspector');
const { isOwnFile } = require('../../loader/own-files');

/**
 * What a test file ran, from V8's block coverage, in terms of the sources.
 *
 * @typedef {object} FileCoverage
 * @property {string} path absolute
 * @property {[number, number][]} lines line -> how often it ran
 * @property {[string, number][]} functions where it stands -> 1 when it ran, 0 when it did not
 *
 * @typedef {{ startOffset: number, endOffset: number, count: number }} Range
 * @typedef {{ functionName: string, ranges: Range[], isBlockCoverage: boolean }} V8Function
 */

/** @param {boolean} emitted whether lines are those of the emitted code @returns {{ take: () => Promise<FileCoverage[]> }} */
function startCoverage(emitted) {
  const session = new Session();
  session.connect();
  const post = (/** @type {string} */ method, /** @type {object} */ parameters = {}) =>
    /** @type {Promise<any>} */ (
      new Promise((resolve, reject) => {
        session.post(method, parameters, (error, result) => (error ? reject(error) : resolve(result)));
      })
    );
  void post('Profiler.enable');
  void post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    async take() {
      const { result } = await post('Profiler.takePreciseCoverage');
      await post('Debugger.enable');
      /** @type {FileCoverage[]} */
      const files = [];
      for (const script of result) {
        const file = fileOf(script.url);
        if (!file) continue;
        const { scriptSource } = await post('Debugger.getScriptSource', { scriptId: script.scriptId });
        files.push(inSource(file, scriptSource, script.functions, emitted));
      }
      session.disconnect();
      return files;
    },
  };
}

/** @param {string} url @returns {string | null} the path of a file of the program */
function fileOf(url) {
  if (!url.startsWith('file:') && !path.isAbsolute(url)) return null;
  let file;
  try {
    file = url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url;
  } catch {
    return null;
  }
  if (isOwnFile(file) || file.split(path.sep).includes('node_modules')) return null;
  return /\.[cm]?[jt]sx?$/.test(file) ? file : null;
}

/** @param {string} file @param {string} source the emitted JavaScript @param {V8Function[]} functions @param {boolean} emitted @returns {FileCoverage} */
function inSource(file, source, functions, emitted) {
  const place = placesOf(file, source, emitted);
  const { ranges, calls } = require('./function-ranges').complete(source, functions);
  /** @type {Map<number, number>} */
  const lines = new Map();
  /** @type {Range[]} */
  const open = [];
  let next = 0;
  const written = (emitted ? source : fs.readFileSync(file, 'utf8')).split('\n');
  for (const { offset, line } of place.all) {
    if (!written[line - 1]?.trim()) continue; // what the transpiler added
    while (next < ranges.length && ranges[next].startOffset <= offset) open.push(ranges[next++]);
    while (open.length > 0 && /** @type {Range} */ (open.at(-1)).endOffset <= offset) open.pop();
    const ran = open.findLast((range) => range.endOffset > offset)?.count ?? 0;
    lines.set(line, Math.max(lines.get(line) ?? 0, ran));
  }
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const { startOffset, count } of calls) {
    const at = place.at(startOffset);
    if (at) found.set(at, Math.max(found.get(at) ?? 0, count > 0 ? 1 : 0));
  }
  return { path: file, lines: [...lines], functions: [...found] };
}

/** @typedef {{ offset: number, line: number, column: number }} Place */

/**
 * Which place of the source each piece of the emitted text comes from.
 *
 * @param {string} file
 * @param {string} source
 * @param {boolean} emitted
 * @returns {{ all: Place[], at: (offset: number) => string | null }}
 */
function placesOf(file, source, emitted) {
  const starts = [0];
  for (let i = 0; i < source.length; i++) if (source[i] === '\n') starts.push(i + 1);
  const mappings = emitted ? null : require('../../loader/engine').binding().sourceMapMappings(file);
  const places = mappings === null ? unmapped(source, starts) : mapped(mappings, starts);
  const meaningful = places.filter(({ offset }, i) => {
    const lineEnd = source.indexOf('\n', offset); // what follows the last piece is the loader's
    const end = Math.min(places[i + 1]?.offset ?? source.length, lineEnd < 0 ? source.length : lineEnd);
    return /[^\s{}()[\];,]/.test(source.slice(offset, end));
  });
  const at = (/** @type {number} */ offset) => {
    const found = places.find((place) => place.offset >= offset);
    return found ? `${found.line}:${found.column}` : null;
  };
  return { all: meaningful, at };
}

/** @param {string} source @param {number[]} starts @returns {Place[]} */
function unmapped(source, starts) {
  /** @type {Place[]} */
  const places = [];
  starts.forEach((start, i) => {
    const text = source.slice(start, starts[i + 1] ?? source.length);
    if (/^\s*(?:\/\/|\/?\*)/.test(text)) return;
    const column = text.search(/\S/);
    if (column >= 0) places.push({ offset: start + column, line: i + 1, column });
  });
  return places;
}

const digits = new Map([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((c, i) => [c, i]));

/**
 * Reads the `mappings` of a source map (ECMA-426).
 *
 * @param {string} mappings
 * @param {number[]} starts offsets of the emitted lines
 * @returns {Place[]}
 */
function mapped(mappings, starts) {
  /** @type {Place[]} */
  const places = [];
  let line = 0;
  let column = 0;
  mappings.split(';').forEach((group, emittedLine) => {
    let emittedColumn = 0;
    for (const segment of group ? group.split(',') : []) {
      const [toColumn, , toLine, sourceColumn] = readVlq(segment);
      emittedColumn += toColumn;
      if (toLine === undefined) continue;
      line += toLine;
      column += sourceColumn;
      places.push({ offset: (starts[emittedLine] ?? 0) + emittedColumn, line: line + 1, column });
    }
  });
  return places.sort((a, b) => a.offset - b.offset);
}

/** @param {string} segment @returns {number[]} */
function readVlq(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const c of segment) {
    const digit = digits.get(c) ?? 0;
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

module.exports = { startCoverage };
