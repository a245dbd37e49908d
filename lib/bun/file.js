'use strict';

const { BunFile, typeOfPath } = require('./bun-file');
const { codeError } = require('../internal/errors');
const { fileTarget } = require('./file-target');
const { typeOfOption } = require('./mime-type');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * `Bun.file`: a reference to a file, opened when it is read.
 *
 * @see https://bun.com/docs/runtime/file-io#reading-files-bun-file
 * @param {string | URL | ArrayBufferView | ArrayBufferLike | number} path a path, `file:` URL, bytes of a path or descriptor
 * @param {{ type?: string }} [options] `type` is the MIME type in place of the one that the extension stands for
 * @returns {import('bun').BunFile}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_URL_SCHEME, ERR_OUT_OF_RANGE
 */
function file(path, options = undefined) {
  const target = fileTarget(path);
  if (target === undefined) throw ERR_INVALID_ARG_TYPE('Expected file path string or file descriptor');
  const type = typeOfOption(options?.type) ?? typeOfPath(typeof target === 'string' ? target : '');
  return /** @type {any} */ (new BunFile(target, type));
}

module.exports = file;
