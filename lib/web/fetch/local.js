'use strict';

/** URLs that need no network: `data:`, `blob:`, `file:`. */

const { resolveObjectURL } = require('node:buffer');
const { made } = require('../response');
const { Kind } = require('../body');
const { Headers } = require('../headers');

/** @param {string} url @param {{ kind: number, source: any, type?: string, statusText?: string }} what */
function local(url, { kind, source, type, statusText = '' }) {
  return made({
    kind,
    source,
    status: 200,
    statusText,
    headers: new Headers(type ? { 'content-type': type } : {}),
    url,
  });
}

/** @see https://fetch.spec.whatwg.org/#data-url-processor @param {URL} url */
function data({ href }) {
  const match = /^data:([^,]*),([^]*)$/.exec(href);
  if (!match) throw new Error('failed to fetch the data URL');
  const [, head, rest] = match;
  const base64 = /;\s*base64$/i.test(head);
  const type = head.replace(/;\s*base64$/i, '');
  if (base64) {
    const digits = percentDecoded(rest).toString('latin1');
    if (!base64Text.test(digits)) throw new Error('failed to fetch the data URL');
    return local(href, {
      kind: Kind.BYTES,
      source: new Uint8Array(Buffer.from(digits, 'base64')),
      type: typeOf(type),
      statusText: 'OK',
    });
  }
  const bytes = percentDecoded(rest);
  // Without a type it is text, which is what its blob says.
  if (type === '') return local(href, { kind: Kind.TEXT, source: bytes.toString(), statusText: 'OK' });
  return local(href, { kind: Kind.BYTES, source: new Uint8Array(bytes), type: typeOf(type), statusText: 'OK' });
}

const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;
const ofText = /^(?:text\/(?!xml$)[^;]+|application\/json)$/;

/** @param {string} type */
function typeOf(type) {
  const essence = type.split(';', 1)[0];
  return ofText.test(essence) ? `${essence};charset=utf-8` : type;
}

/** @param {string} text @returns {Buffer} */
function percentDecoded(text) {
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] === 0x25 ? /^[0-9a-f]{2}$/i.exec(bytes.toString('latin1', at + 1, at + 3)) : null;
    bytes[length++] = code ? Number.parseInt(code[0], 16) : bytes[at];
    if (code) at += 2;
  }
  return bytes.subarray(0, length);
}

/** @param {URL} url @returns {Promise<ReturnType<typeof made>> | undefined} nothing for what needs a network */
function fetchLocal(url) {
  if (url.protocol === 'data:') return Promise.resolve(data(url));
  if (url.protocol === 'blob:') {
    const blob = resolveObjectURL(url.href);
    if (blob) return Promise.resolve(local(url.href, { kind: Kind.BLOB, source: blob, type: blob.type }));
  }
  if (url.protocol === 'file:') return file(url);
  return undefined;
}

/** @param {URL} url */
async function file(url) {
  const source = require('../../bun/file')(url);
  await require('node:fs/promises')
    .open(require('node:url').fileURLToPath(url))
    .then((handle) => handle.close());
  return local(url.href, { kind: Kind.BLOB, source, type: source.type });
}

module.exports = { fetchLocal };
