'use strict';

/**
 * Modules that are `blob:` URLs. Blobs are known to the thread that made them only.
 *
 * @see https://bun.com/docs/runtime/web-apis
 */

const engine = require('./engine');

/**
 * @typedef {{ code: string, requests?: { specifier: string, names: string[] }[] }} BlobModule the source of an ES module and what it imports
 */

/**
 * @param {string} url
 * @returns {BlobModule | undefined} nothing for a URL that is revoked, or never was one
 * @throws {BuildMessage | SyntaxError}
 */
function blobModule(url) {
  if (!require('../web/object-url').lookUp(url)) return undefined;
  const { text: source, loader } = textOf(url);
  if (loader !== 'json') return emit(url, loader, source);
  const text = source.replace(/^\ufeff/, '');
  return { code: require('./load').jsonFacade(text, require('../bun/parse-json').parseJson(text)) };
}

/** @param {string} url @throws when it is revoked */
function textOf(url) {
  const { blob, name } = /** @type {{ blob: Blob, name: string }} */ (require('../web/object-url').lookUp(url));
  const text = Buffer.from(require('../bun/blob-bytes').bytesNow(blob)).toString();
  return { text, loader: loaderOf(name, blob.type) };
}

/** The name of a file says more than its type, and neither need say anything. @param {string} name @param {string} type */
function loaderOf(name, type) {
  const [, extension] = /\.[cm]?([jt]sx?|json)$/.exec(name) ?? [];
  if (extension) return extension;
  if (/^application\/json\b/.test(type)) return 'json';
  return /typescript\b/.test(type) ? 'ts' : 'tsx';
}

/** @param {string} url @param {string} loader @param {string} source */
function emit(url, loader, source) {
  try {
    const { code, requests = [] } = engine.get().load(url, loader, source, true);
    return { code, requests };
  } catch (error) {
    throw require('./messages').complete(error);
  }
}

module.exports = { blobModule, textOf };
