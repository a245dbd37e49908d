'use strict';

/** Routes that are not functions: a `Response` that is sent as it is, a file. */

const { createHash } = require('node:crypto');
const { Kind, kindOf, sourceOf } = require('../../web/body');
const { Response } = require('../../web/response');

/** Hex digits of an entity tag. */
const TAG = 16;

/** @param {any} response @returns {(request: any) => any} */
function staticRoute(response) {
  const kind = kindOf(response);
  if (kind === Kind.STREAM || kind === Kind.ITERABLE) {
    throw new TypeError('Response with a stream as its body cannot be a static route: it could be sent once only');
  }
  if (kind === Kind.BLOB) return () => response.clone();
  const made = response.clone();
  if (!made.headers.has('etag') && kind !== Kind.NULL) {
    made.headers.set('etag', `"${createHash('sha1').update(sourceOf(made)).digest('hex').slice(0, TAG)}"`);
  }
  const etag = made.headers.get('etag');
  return (request) => {
    const wanted = request.headers.get('if-none-match');
    if (wanted === null || etag === null || !matches(wanted, etag)) return made;
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
  return () => new Response(file);
}

module.exports = { staticRoute, fileRoute };
