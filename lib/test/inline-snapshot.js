'use strict';

/** Inline snapshots: what `toMatchInlineSnapshot()` writes back into the test file. */

const fs = require('node:fs');
const state = require('./state');
const { framesOf } = require('./runner/render-error');

/** @typedef {{ matcher: string, line: number, column: number, value: string }} Addition */

/** @type {Map<string, Addition[]>} */
const additions = new Map();

/**
 * Remembers a snapshot for the call whose stack this is.
 *
 * @param {string} matcher
 * @param {string} value
 * @param {Function | string} from
 */
function add(matcher, value, from) {
  const holder = { stack: typeof from === 'string' ? from : '' };
  if (typeof from === 'function') Error.captureStackTrace(holder, from);
  const frame = framesOf(holder.stack)[0];
  if (!frame) throw new Error(`${matcher}: the line of the call is unknown`);
  if (frame.file !== state.file) {
    throw new Error(
      `Inline snapshot matchers must be called from the test file:\n  Expected to be called from file: ${JSON.stringify(state.file)}\n  ${matcher} called from file: ${JSON.stringify(frame.file)}\n`,
    );
  }
  const list = additions.get(frame.file) ?? [];
  additions.set(frame.file, list);
  const { line, column } = frame;
  const before = list.find((each) => each.line === line && each.column === column);
  if (!before) list.push({ matcher, line, column, value });
  else if (before.value !== value) {
    throw new Error(
      `Failed to update inline snapshot: Multiple inline snapshots on the same line must all have the same value:\nExpected: ${before.value}\nReceived: ${value}`,
    );
  }
}

function save() {
  for (const [file, list] of additions) {
    const source = fs.readFileSync(file, 'utf8');
    const starts = lineStarts(source);
    /** @type {{ start: number, end: number, text: string }[]} */
    const edits = [];
    for (const { matcher, line, column, value } of list) {
      const edit = editOf(source, starts[line - 1] + column - 1, matcher, value);
      if (edit) edits.push(edit);
      else
        process.stderr.write(
          `Failed to update inline snapshot: Ln ${line}, Col ${column}: Could not find '${matcher}' here\n`,
        );
    }
    edits.sort((a, b) => b.start - a.start);
    let result = source;
    for (const { start, end, text } of edits) result = result.slice(0, start) + text + result.slice(end);
    fs.writeFileSync(file, result);
  }
}

/** @param {string} source */
function lineStarts(source) {
  const starts = [0];
  for (let i = 0; i < source.length; i++) if (source[i] === '\n') starts.push(i + 1);
  return starts;
}

/**
 * Where the snapshot goes: behind the other arguments of the call, in the place of an old one.
 *
 * @param {string} source
 * @param {number} at the position of the matcher's name, or of the dot before it
 * @param {string} matcher
 * @param {string} value
 */
function editOf(source, at, matcher, value) {
  const name = source.indexOf(matcher, Math.max(0, at - 1));
  if (name < 0 || name > at + 1) return null;
  const open = source.indexOf('(', name + matcher.length);
  if (open < 0) return null;
  const call = readArguments(source, open);
  if (!call) return null;
  const indent = /** @type {RegExpExecArray} */ (/[ \t]*/.exec(source.slice(source.lastIndexOf('\n', name) + 1)))[0];
  const literal = `\`${indented(value, indent)}\``;
  const last = call.args.at(-1);
  if (last && /^[`'"]/.test(source.slice(last.start, last.end)))
    return { start: last.start, end: last.end, text: literal };
  if (!last) return { start: call.close, end: call.close, text: literal };
  const comma = call.trailing ? ' ' : ', ';
  return {
    start: call.trailing ? call.close : last.end,
    end: call.trailing ? call.close : last.end,
    text: comma + literal,
  };
}

/**
 * Finds the arguments of a call, over strings, templates, comments and brackets.
 *
 * @param {string} source
 * @param {number} open the opening bracket
 * @returns {{ args: { start: number, end: number }[], close: number, trailing: boolean } | null}
 */
function readArguments(source, open) {
  /** @type {{ start: number, end: number }[]} */
  const args = [];
  let depth = 0;
  let start = -1;
  let end = -1;
  for (let i = open + 1; i < source.length;) {
    const c = source[i];
    const skipped = skip(source, i);
    if (skipped.comment) {
      i = skipped.end;
      continue;
    }
    if (depth === 0 && (c === ')' || c === ',')) {
      if (start >= 0) args.push({ start, end });
      const trailing = c === ')' && start < 0 && args.length > 0;
      start = -1;
      if (c === ')') return { args, close: i, trailing };
      i++;
      continue;
    }
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    if (!/\s/.test(c)) {
      if (start < 0) start = i;
      end = skipped.end;
    }
    i = skipped.end;
  }
  return null;
}

/** What stands at a position as one piece: a string, a template, a comment or a character. @param {string} source @param {number} at */
function skip(source, at) {
  const c = source[at];
  if (source.startsWith('//', at)) {
    const end = source.indexOf('\n', at);
    return { end: end < 0 ? source.length : end, comment: true };
  }
  if (source.startsWith('/*', at)) {
    const end = source.indexOf('*/', at + 2);
    return { end: end < 0 ? source.length : end + 2, comment: true };
  }
  if (c !== '"' && c !== "'" && c !== '`') return { end: at + 1, comment: false };
  let i = at + 1;
  for (let depth = 0; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (c === '`' && source.startsWith('${', i)) depth++;
    else if (c === '`' && depth > 0 && source[i] === '}') depth--;
    else if (source[i] === c && depth === 0) break;
  }
  return { end: i + 1, comment: false };
}

/** @param {string} value @param {string} indent */
function indented(value, indent) {
  const { escapeTemplate } = require('./snapshot');
  const text = escapeTemplate(value);
  if (!text.includes('\n')) return text;
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${indent}  ${line}`));
  return `${lines.join('\n').replace(/\n$/, '')}\n${indent}`;
}

/** Takes away what `indented` added. @param {string} text */
function unindent(text) {
  if (!text.includes('\n')) return text;
  const lines = text.split('\n');
  if (lines[0].trim() !== '' || lines.at(-1)?.trim() !== '') return text;
  const first = lines.slice(1, -1).find((line) => line.trim() !== '');
  const indent = first === undefined ? '' : /** @type {RegExpExecArray} */ (/^[ \t]*/.exec(first))[0];
  if (indent === '' || lines.slice(1, -1).some((line) => line !== '' && !line.startsWith(indent)))
    return ['', ...lines.slice(1, -1), ''].join('\n');
  return ['', ...lines.slice(1, -1).map((line) => line.slice(indent.length)), ''].join('\n');
}

module.exports = { add, save, unindent };
