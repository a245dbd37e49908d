'use strict';

/**
 * Macros: functions that are called while a bundle is made, and whose results stand in it.
 *
 * @see bun-types/docs/bundler/macros.mdx
 */

const { buildMessage } = require('../../loader/messages');
const { literal } = require('./literal');

const mentioned = /["']?\btype\b["']?\s*:\s*["']macro["']|["']macro:/;

/** Whether a source may have macros. @param {string} source */
function mayHaveMacros(source) {
  return mentioned.test(source);
}

/**
 * @typedef {(specifier: string) => Promise<any>} Load gives what a module exports; `undefined` when there is none
 * @typedef {{ start: number, end: number, text: string }} Change
 */

/**
 * Calls the macros of a source.
 *
 * @param {string} source
 * @param {string} file absolute
 * @param {string} loader `js`, `jsx`, `ts` or `tsx`
 * @param {Load} load
 * @returns {Promise<string>} of the same number of lines
 * @throws {Error} BuildMessage
 */
async function expand(source, file, loader, load) {
  const found = require('../../loader/engine').binding().findMacros(source, file, loader);
  if (!found.imports.length) return source;
  const bytes = Buffer.from(source);
  const place = (/** @type {{ start: number, end: number }} */ span) => position(bytes, span, file);
  if (/[\\/]node_modules[\\/]/.test(file)) {
    throw buildMessage('For security reasons, macros cannot be run from node_modules.', place(found.imports[0]));
  }
  /** @type {Change[]} */
  const changes = [];
  for (const call of found.calls) {
    const text = await result(call, bytes, changes, place, load, found.imports);
    changes.push({ start: call.start, end: call.end, text });
  }
  for (const { start, end } of found.imports) {
    changes.push({ start, end, text: bytes.subarray(start, end).toString().replace(/[^\n]/g, ' ') });
  }
  return changed(bytes, 0, bytes.length, changes);
}

/**
 * @param {any} call
 * @param {Buffer} bytes
 * @param {Change[]} changes of the calls before, some of which are arguments of this one
 * @param {(span: any) => any} place
 * @param {Load} load
 * @param {any[]} imports
 */
async function result(call, bytes, changes, place, load, imports) {
  const fail = (/** @type {string} */ message) => buildMessage(message, place(call));
  if (call.refusal === 'template') throw fail('template literal macro invocations are not supported');
  if (call.refusal) {
    throw fail(`"Cannot convert ${call.refusal} to JS. Try a statically-known value" error in macro`);
  }
  const exported = await load(call.specifier);
  if (exported === undefined) {
    const { sourceStart: start, sourceEnd: end } = imports.find(({ specifier }) => specifier === call.specifier);
    throw buildMessage(`Macro "${call.specifier}" not found`, place({ start, end }));
  }
  const called = exported[call.name];
  if (typeof called !== 'function') throw fail('"MacroLoadError" error in macro');
  const given = changed(bytes, call.argumentsStart, call.argumentsEnd, changes);
  try {
    return await literal(await called(...new Function(`return [${given}]`)()));
  } catch (/** @type {any} */ error) {
    throw fail(error?.message ?? String(error));
  }
}

/** A part of the source with what was put into it. @param {Buffer} bytes @param {number} from @param {number} to @param {Change[]} changes */
function changed(bytes, from, to, changes) {
  let text = '';
  let at = from;
  const outer = changes
    .filter(({ start, end }) => start >= from && end <= to)
    .filter((one, _, all) => !all.some((other) => other !== one && other.start <= one.start && other.end >= one.end));
  for (const { start, end, text: put } of outer.sort((a, b) => a.start - b.start)) {
    text += bytes.subarray(at, start).toString() + put;
    at = end;
  }
  return text + bytes.subarray(at, to).toString();
}

/** @param {Buffer} bytes @param {{ start: number, end: number }} span @param {string} file */
function position(bytes, { start, end }, file) {
  const before = bytes.subarray(0, start).toString();
  const lineAt = before.lastIndexOf('\n') + 1;
  const [lineText] = bytes.toString().slice(lineAt).split('\n', 1);
  const line = before.split('\n').length;
  return {
    lineText,
    file,
    namespace: 'file',
    line,
    column: before.length - lineAt + 1,
    length: end - start,
    offset: start,
  };
}

module.exports = { mayHaveMacros, expand };
