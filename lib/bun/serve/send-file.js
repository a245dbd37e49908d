'use strict';

/** Files as bodies of responses: opened by the engine, which reads them as the client takes them. */

const { hasField } = require('./header-lines');
const { engine } = require('./native');

const OK = 200;
const PARTIAL = 206;
const UNSATISFIABLE = 416;

/** Types that a browser shows rather than saves; for the others Bun names the file. */
const shown = /^(?:text|image|audio|video|font)\/|^application\/(?:json|wasm)\b/;

/** @typedef {{ path?: string, fd?: number, offset: number, end?: number }} Origin */

/**
 * Opens the file of a response.
 *
 * @param {InstanceType<typeof import('./call').Call>} call
 * @param {number} status
 * @param {string[] | null} list the headers
 * @param {Origin} origin
 * @returns {{ status: number, lines: string } | undefined} undefined for what is no regular file
 * @throws ENOENT and what else opening says
 */
function openFile(call, status, list, { path, offset, end }) {
  if (path === undefined) return undefined;
  const sliced = offset > 0 || end !== undefined;
  const reads = call.isHead || call.request.method === 'GET';
  const ranges = !call.asIs && status === OK && reads && !sliced && !hasField(list, 'content-range');
  const range = ranges ? (call.request.headers.get('range') ?? '') : '';
  let opened;
  try {
    opened = engine().openFile(call.slot, call.seq, path, offset, end ?? -1, range);
  } catch (error) {
    // Nothing is read for a HEAD, so that nothing is missed.
    if (call.isHead) return { status, lines: 'content-length:0\n' };
    throw error;
  }
  if (opened === undefined) return undefined;
  const [answer, start, length, size] = opened.split('\n').map(Number);
  let lines = '';
  if (answer === PARTIAL) lines = `content-range:bytes ${start}-${start + length - 1}/${size}\naccept-ranges:bytes\n`;
  if (answer === UNSATISFIABLE) lines = `content-range:bytes */${size}\naccept-ranges:bytes\n`;
  if (answer === OK && sliced && status === OK && !call.isHead && length > 0) {
    lines = `content-range:bytes ${start}-${start + length - 1}/*\n`;
    return { status: PARTIAL, lines: lines + named(list, path) };
  }
  if (call.isHead && length === 0) lines += 'content-length:0\n';
  const name = call.isHead || call.asIs ? '' : named(list, path);
  return { status: answer === OK ? status : answer, lines: lines + name };
}

/** @param {string[] | null} list @param {string} path */
function named(list, path) {
  if (list === null || hasField(list, 'content-disposition')) return '';
  const at = list.indexOf('content-type');
  if (at === -1 || shown.test(list[at + 1])) return '';
  const name = require('node:path').basename(path);
  return /^[\x20-\x7e]+$/.test(name) && !/["\\]/.test(name) ? `content-disposition:filename="${name}"\n` : '';
}

module.exports = { openFile };
