'use strict';

/**
 * `FormData` to and from `multipart/form-data`, and from `application/x-www-form-urlencoded`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7578
 * @see https://html.spec.whatwg.org/#multipart-form-data
 */

const { randomBytes } = require('node:crypto');
const { codeError } = require('../internal/errors');
const { typeOfExtension } = require('../bun/mime-type');
const { utf8Text } = require('./body-source');

const ERR_FORMDATA_PARSE_ERROR = codeError(TypeError, 'ERR_FORMDATA_PARSE_ERROR', (message) => message);

const CRLF = '\r\n';
const HEAD_END = Buffer.from('\r\n\r\n');

/** @param {string} name */
function escapeName(name) {
  return name.replace(/\r\n?|\n/g, '%0D%0A').replaceAll('"', '%22');
}

/** @param {FormData} form @returns {{ blob: Blob, type: string }} */
function serialize(form) {
  const boundary = `----WebKitFormBoundary${randomBytes(16).toString('hex')}`;
  /** @type {any[]} */
  const parts = [];
  for (const [name, value] of /** @type {Iterable<[string, any]>} */ (/** @type {any} */ (form))) {
    const head = `--${boundary}${CRLF}Content-Disposition: form-data; name="${escapeName(name)}"`;
    if (typeof value === 'string') {
      parts.push(`${head}${CRLF}${CRLF}${value.replace(/\r\n?|\n/g, CRLF)}${CRLF}`);
    } else {
      const type = value.type || 'application/octet-stream';
      const filename = escapeName(value.name ?? 'blob');
      parts.push(`${head}; filename="${filename}"${CRLF}Content-Type: ${type}${CRLF}${CRLF}`, value, CRLF);
    }
  }
  parts.push(`--${boundary}--${CRLF}`);
  const type = `multipart/form-data; boundary=${boundary}`;
  return { blob: new Blob(parts, { type }), type };
}

/**
 * @param {Uint8Array} bytes
 * @param {string} type the value of `Content-Type`
 * @returns {FormData}
 * @throws ERR_FORMDATA_PARSE_ERROR
 */
function parse(bytes, type) {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const essence = type.split(';', 1)[0].trim().toLowerCase();
  if (essence === 'application/x-www-form-urlencoded') {
    const form = new FormData();
    for (const [name, value] of new URLSearchParams(utf8Text(body))) form.append(name, value);
    return form;
  }
  const boundary = essence === 'multipart/form-data' ? boundaryOf(type) : null;
  if (boundary === null) {
    throw ERR_FORMDATA_PARSE_ERROR("Can't decode form data from body because of incorrect MIME type/boundary");
  }
  return parseMultipart(body, boundary);
}

/** @param {string} type @returns {string | null} */
function boundaryOf(type) {
  const found = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  return found ? (found[1] ?? found[2]) : null;
}

/** @param {Buffer} body @param {string} boundary @returns {FormData} */
function parseMultipart(body, boundary) {
  const form = new FormData();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let at = body.indexOf(delimiter.subarray(2));
  if (at === -1) throw ERR_FORMDATA_PARSE_ERROR('FormData parse error missing initial boundary');
  at += delimiter.length - 2;
  for (;;) {
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return form; // the closing delimiter
    const headStart = body.indexOf(CRLF, at);
    const headEnd = headStart === -1 ? -1 : body.indexOf(HEAD_END, headStart);
    const end = headEnd === -1 ? -1 : body.indexOf(delimiter, headEnd + HEAD_END.length - 2);
    if (end === -1) throw ERR_FORMDATA_PARSE_ERROR('FormData parse error missing final boundary');
    const content = body.subarray(Math.min(headEnd + HEAD_END.length, end), end);
    appendPart(form, body.toString('utf8', headStart + 2, headEnd), content);
    at = end + delimiter.length;
  }
}

/** The extension says more than what the sender calls it, as in Bun. @param {FormData} form @param {string} head @param {Buffer} content */
function appendPart(form, head, content) {
  /** @type {string | null} */
  let name = null;
  /** @type {string | null} */
  let filename = null;
  let type = '';
  for (const line of head.split(CRLF)) {
    const colon = line.indexOf(':');
    const field = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (field === 'content-disposition') {
      name = parameter(value, 'name');
      filename = parameter(value, 'filename');
    } else if (field === 'content-type') {
      type = value;
    }
  }
  if (name === null) return;
  if (filename === null) form.append(name, content.toString('utf8'));
  else form.append(name, new File([content], filename, { type: typeOfExtension(filename) ?? type }));
}

/** @param {string} value @param {string} name @returns {string | null} */
function parameter(value, name) {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(value);
  if (!found) return null;
  const text = found[1] ?? found[2];
  return text.replaceAll('\\"', '"').replaceAll('%22', '"').replaceAll('%0D%0A', CRLF);
}

module.exports = { serialize, parse, parseMultipart };
