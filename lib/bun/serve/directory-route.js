'use strict';

/**
 * Routes of a whole directory, `{ dir }`: the path behind the prefix names a file in it.
 *
 * @see node_modules/bun-types/docs/runtime/http/routing.mdx
 */

const fs = require('node:fs');
const path = require('node:path');
const { codeError } = require('../../internal/errors');
const { callOf, targetOf } = require('../../web/request');
const { Response } = require('../../web/response');
const { typeOfPath } = require('../mime-type');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
/** Symbolic links on the way to a file; more are a circle. */
const MOST_LINKS = 40;
const INDEX = 'index.html';
const { O_DIRECTORY = 0, O_RDONLY } = fs.constants;

/** What may stand for itself in a segment (RFC 3986), and what ends one: neither may be given by its code. */
const literal = /[\w\-.~!$&'()*+,;=:@/\\\0]/;

/** @param {string} route @param {any} options @returns {(request: any) => any} */
function directoryRoute(route, { dir }) {
  if (typeof dir !== 'string')
    throw ERR_INVALID_ARG_TYPE(`The "dir" property must be of type string, got ${typeof dir}`);
  if (!route.endsWith('/*')) throw ERR_INVALID_ARG_TYPE('To mount a directory, make sure the path ends in `/*`');
  if (/\/:/.test(route))
    throw ERR_INVALID_ARG_TYPE('Directory routes do not support :parameters; use a fixed prefix ending in `/*`');
  // Fails as opening does: ENOENT, ENOTDIR.
  if (O_DIRECTORY) fs.closeSync(fs.openSync(dir, O_RDONLY | O_DIRECTORY));
  else fs.opendirSync(dir).closeSync();
  const root = fs.realpathSync(dir);
  const start = route.length - 1;
  return (request) => answer(root, start, request);
}

/** @param {string} root @param {number} start where the path of the file begins @param {any} request */
function answer(root, start, request) {
  const target = targetOf(request);
  const query = target.indexOf('?');
  const pathname = query === -1 ? target : target.slice(0, query);
  const names = namesOf(pathname.slice(start));
  const inside = names?.at(-1) === '';
  if (inside) names?.pop();
  const found = names === null ? null : find(root, names);
  if (found === null) return new Response(null, { status: 404 });
  if (!found.stat.isDirectory()) return inside ? new Response(null, { status: 404 }) : send(found, request);
  if (!inside) {
    const location = `${pathname}/${query === -1 ? '' : target.slice(query)}`;
    return new Response(null, { status: 301, headers: { location } });
  }
  const index = find(root, [.../** @type {string[]} */ (names), INDEX]);
  return index === null ? new Response(null, { status: 404 }) : send(index, request);
}

/** The segments of a path, decoded; null for one that has another spelling. @param {string} text @returns {string[] | null} */
function namesOf(text) {
  const segments = text.split('/');
  const names = [];
  for (const [at, segment] of segments.entries()) {
    // A path of Windows would take these for more than a part of a name.
    if (path.sep === '\\' && /[\\:]/.test(segment)) return null;
    if (segment === '.' || segment === '..' || (segment === '' && at < segments.length - 1)) return null;
    for (const [, code] of segment.matchAll(/%(..?)?/g)) {
      if (!/^[0-9a-f]{2}$/i.test(code) || literal.test(String.fromCharCode(parseInt(code, 16)))) return null;
    }
    try {
      names.push(decodeURIComponent(segment));
    } catch {
      return null; // no UTF-8
    }
  }
  return names;
}

/**
 * Finds what a path names as if the directory were the root of the file system: no link leads out of it.
 *
 * @param {string} root @param {string[]} names
 * @returns {{ file: string, name: string, stat: import('node:fs').Stats } | null}
 */
function find(root, names) {
  /** @type {string[]} */
  const way = [];
  const rest = [...names].reverse();
  let links = 0;
  let stat;
  while (rest.length > 0) {
    const name = /** @type {string} */ (rest.pop());
    if (name === '' || name === '.') continue;
    if (name === '..') {
      way.pop();
      continue;
    }
    const file = path.join(root, ...way, name);
    stat = statOf(file);
    if (stat === undefined) return null;
    if (!stat.isSymbolicLink()) {
      way.push(name);
      continue;
    }
    if (++links > MOST_LINKS) return null;
    const link = fs.readlinkSync(file);
    if (path.isAbsolute(link)) way.length = 0;
    rest.push(...link.split(path.sep === '/' ? '/' : /[\\/]/).reverse());
  }
  const file = path.join(root, ...way);
  if (stat?.isSymbolicLink() !== false) stat = statOf(file);
  return stat === undefined ? null : { file, name: names.at(-1) ?? '', stat };
}

/** @param {string} file */
function statOf(file) {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // a file is no directory, a name is too long, …
  }
}

/** @param {{ file: string, name: string, stat: import('node:fs').Stats }} found @param {any} request */
function send({ file, name, stat }, request) {
  if (!stat.isFile()) return new Response(null, { status: 404 });
  const { size } = stat;
  const seconds = Math.floor(stat.mtimeMs / 1000);
  const etag = `W/"${size.toString(16)}-${seconds.toString(16)}"`;
  const modified = new Date(seconds * 1000).toUTCString();
  /** @type {Record<string, string>} */
  const headers = { 'content-type': typeOfPath(name), etag, 'last-modified': modified };
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const instead = reads ? precondition(request.headers, etag, seconds) : undefined;
  if (instead !== undefined) return new Response(null, { status: instead, headers });
  headers['accept-ranges'] = 'bytes';
  const whole = require('../file')(file);
  // The range is looked at here, with `If-Range`; what a browser would not show is not named.
  callOf(request).asIs = true;
  const range = reads ? rangeOf(request.headers, size, modified) : undefined;
  if (range === undefined) return new Response(whole, { headers });
  if (range === null) {
    headers['content-range'] = `bytes */${size}`;
    return new Response(null, { status: 416, headers });
  }
  const [first, end] = range;
  headers['content-range'] = `bytes ${first}-${end - 1}/${size}`;
  return new Response(whole.slice(first, end), { status: 206, headers });
}

/** @param {any} headers @param {string} etag @param {number} seconds @returns {number | undefined} a status in place of the file (RFC 9110 section 13.2.2) */
function precondition(headers, etag, seconds) {
  const date = (/** @type {string} */ name) => Date.parse(headers.get(name) ?? '') / 1000;
  const match = headers.get('if-match');
  // A weak tag is none that this could name.
  if (match === null ? seconds > date('if-unmodified-since') : match.trim() !== '*') return 412;
  const other = headers.get('if-none-match');
  if (other === null) return seconds <= date('if-modified-since') ? 304 : undefined;
  const bare = (/** @type {string} */ tag) => tag.trim().replace(/^W\//, '');
  return other.trim() === '*' || other.split(',').some((/** @type {string} */ tag) => bare(tag) === bare(etag))
    ? 304
    : undefined;
}

/**
 * The part that a request wants: its first byte and the one after its last; null for one that is not there.
 *
 * @param {any} headers @param {number} size @param {string} modified
 * @returns {[number, number] | null | undefined}
 */
function rangeOf(headers, size, modified) {
  const given = headers.get('if-range');
  if (given !== null && given !== modified) return undefined;
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(headers.get('range') ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return size === 0 || Number(last) === 0 ? null : [Math.max(0, size - Number(last)), size];
  if (last !== '' && Number(first) > Number(last)) return undefined;
  if (Number(first) >= size) return null;
  return [Number(first), last === '' ? size : Math.min(size, Number(last) + 1)];
}

module.exports = { directoryRoute };
