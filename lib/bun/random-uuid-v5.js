'use strict';

const { createHash } = require('node:crypto');
const { codeError } = require('../internal/errors');
const { textOf, textOrBytes } = require('./byte-source');
const { format } = require('./uuid-format');

const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  (name) => `${name} must be a string, ArrayBuffer or ArrayBufferView`,
);
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** RFC 9562, section 6.6 @type {Record<string, string>} */
const NAMESPACES = {
  __proto__: /** @type {any} */ (null),
  dns: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  url: '6ba7b811-9dad-11d1-80b4-00c04fd430c8',
  oid: '6ba7b812-9dad-11d1-80b4-00c04fd430c8',
  x500: '6ba7b814-9dad-11d1-80b4-00c04fd430c8',
};

/**
 * `Bun.randomUUIDv5`: the UUID of a name within a namespace (RFC 9562, section 5.5, SHA-1).
 *
 * @param {string | ArrayBuffer | ArrayBufferView} name
 * @param {string | ArrayBuffer | ArrayBufferView} namespace `dns`, `url`, `oid`, `x500`, a UUID, or its 16 bytes
 * @param {string} [encoding] as in `Bun.randomUUIDv7`
 * @returns {string | Buffer}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING
 */
function randomUUIDv5(name, namespace, encoding) {
  const nameBytes = bytesOf(name, 'name');
  const spaceName = textOf(namespace);
  const space = spaceName === undefined ? bytesOf(namespace, 'namespace') : parse(spaceName);
  if (space.length !== 16) throw ERR_INVALID_ARG_VALUE('Namespace must be exactly 16 bytes');
  const render = format(encoding);
  const bytes = createHash('sha1').update(space).update(nameBytes).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return render(bytes);
}

/** @param {string} namespace */
function parse(namespace) {
  const uuid = NAMESPACES[namespace.toLowerCase()] ?? namespace;
  if (!UUID.test(uuid)) throw ERR_INVALID_ARG_VALUE('Invalid UUID format for namespace');
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** @param {unknown} value @param {string} name @returns {Uint8Array} */
function bytesOf(value, name) {
  const bytes = textOrBytes(value);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE(name);
  return bytes;
}

module.exports = randomUUIDv5;
