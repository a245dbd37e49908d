'use strict';

/**
 * Routes that are not functions: a `Response` that is sent as it is, a file. Those with a path of their own are
 * answered by the engine and never come here; what a pattern matches does.
 *
 * @see node_modules/bun-types/docs/runtime/http/routing.mdx
 */

const { Kind, kindOf, sourceOf } = require('../../web/body');
const { headerTriples, isResponse, Response } = require('../../web/response');
const { BunFile } = require('../bun-file');
const { hasType, headerLines } = require('./header-lines');

/** Hex digits of an entity tag. */
const TAG = 16;
/** What a handler gives when the route does not answer after all. */
const THROUGH = Symbol('through');
/** The numbers of the methods; `METHODS` in crates/web/src/server/inbound.rs. */
const { METHODS } = require('../../web/methods');
const EVERY_METHOD = -1;

/** @typedef {{ path: string, methods: number, status: number, lines: string, bytes: Uint8Array | null, file: any }} Native */

/** The file on disk that a value stands for. @param {any} value */
function fileOf(value) {
  const source = BunFile.sourceOf(value);
  return source?.path === undefined ? undefined : source;
}

/** @param {any} response @returns {Uint8Array | null} null when the bytes are not at hand */
function bytesOf(response) {
  switch (kindOf(response)) {
    case Kind.NULL:
      return new Uint8Array(0);
    case Kind.TEXT:
      return new Uint8Array(Buffer.from(sourceOf(response)));
    case Kind.BYTES:
      return new Uint8Array(sourceOf(response));
    default:
      return null;
  }
}

/** @param {Uint8Array} bytes */
function etagOf(bytes) {
  return `"${require('../hash').xxHash64(bytes).toString(16).padStart(TAG, '0')}"`;
}

/** Refuses what could be sent once only. @param {any} response */
function checkStatic(response) {
  const kind = kindOf(response);
  if (kind === Kind.STREAM || kind === Kind.ITERABLE) {
    throw new TypeError('Response with a stream as its body cannot be a static route: it could be sent once only');
  }
}

/**
 * A route as the engine answers it.
 *
 * @param {string} path
 * @param {number} methods a bit for each
 * @param {any} value a `Response` or a file
 * @returns {Native | null} null when it needs JavaScript
 */
function nativeRoute(path, methods, value) {
  const response = fileOf(value) === undefined ? value : new Response(value);
  if (!isResponse(response)) return null;
  const file = kindOf(response) === Kind.BLOB ? fileOf(sourceOf(response)) : undefined;
  const bytes = bytesOf(response);
  if (file === undefined && bytes === null) return null;
  const list = headerTriples(response);
  let lines = headerLines(list, false);
  if (bytes !== null && bytes.length > 0) {
    if (kindOf(response) === Kind.TEXT && !hasType(list)) lines += 'content-type:text/plain;charset=utf-8\n';
    if (!response.headers.has('etag')) lines += `etag:${etagOf(bytes)}\n`;
  }
  return { path, methods, status: response.status, lines, bytes, file };
}

/** @param {string} method @returns {number} its bit; GET answers HEAD, too */
function methodBit(method) {
  const bit = 1 << METHODS.indexOf(method);
  return method === 'GET' ? bit | (1 << METHODS.indexOf('HEAD')) : bit;
}

/** @param {any} response @returns {(request: any) => any} */
function staticRoute(response) {
  checkStatic(response);
  if (kindOf(response) === Kind.BLOB) {
    const path = fileOf(sourceOf(response))?.path;
    return () => (path === undefined || require('node:fs').existsSync(path) ? response.clone() : THROUGH);
  }
  const made = response.clone();
  const bytes = bytesOf(made);
  if (!made.headers.has('etag') && bytes !== null && bytes.length > 0) made.headers.set('etag', etagOf(bytes));
  const etag = made.headers.get('etag');
  return (request) => {
    const wanted = request.headers.get('if-none-match');
    if (wanted === null || etag === null || !matches(wanted, etag)) return made.clone();
    return new Response(null, { status: 304, headers: { etag } });
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 @param {string} wanted @param {string} etag */
function matches(wanted, etag) {
  if (wanted.trim() === '*') return true;
  const weak = etag.replace(/^W\//, '');
  return wanted.split(',').some((tag) => tag.trim().replace(/^W\//, '') === weak);
}

/** @param {any} file @returns {(request: any) => any} */
function fileRoute(file) {
  const path = BunFile.sourceOf(file)?.path;
  return () => (path === undefined || require('node:fs').existsSync(path) ? new Response(file) : THROUGH);
}

module.exports = { staticRoute, fileRoute, nativeRoute, methodBit, EVERY_METHOD, THROUGH };
