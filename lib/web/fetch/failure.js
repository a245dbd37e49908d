'use strict';

/** How a fetch fails: Bun's errors for those of Node's `http`, `tls` and `dns`. */

const MORE = 'For more information, pass `verbose: true` in the second argument to fetch()';

/** What stands behind a code, if not `CODE fetching "url"`. @type {Record<string, string>} */
const sentences = {
  ECONNREFUSED: 'Unable to connect. Is the computer able to access the url?',
  ECONNRESET: `The socket connection was closed unexpectedly. ${MORE}`,
  ENOENT: 'Was there a typo in the url or port?',
  TooManyRedirects: `The response redirected too many times. ${MORE}`,
  RedirectURLInvalid: 'Redirect URL in Location header is invalid.',
};
/** Node's codes that mean one of the above. @type {Record<string, string>} */
const same = { EPIPE: 'ECONNRESET', ECONNABORTED: 'ECONNRESET', ERR_STREAM_PREMATURE_CLOSE: 'ECONNRESET' };
const COMMON_CODE = /^(?:E[A-Z]+|[A-Z0-9]+(?:_[A-Z0-9]+)+)$/;
const NAME_ERROR = 4;

/**
 * @param {string} code
 * @param {string} url
 * @param {string} [message]
 * @param {Record<string, unknown>} [more] properties between `path` and `errno`
 * @returns {TypeError}
 */
function failure(code, url, message = undefined, more = {}) {
  const sentence = sentences[code];
  const text = message ?? (sentence ? `${code}: ${sentence}` : `${code} fetching "${url}". ${MORE}`);
  const path = url.replace(/^(https?:\/\/)[^@/]*@/, '$1');
  return Object.assign(new TypeError(text), { code, path, ...more, errno: more.syscall ? NAME_ERROR : 0 });
}

/** @param {any} error of Node's @param {string} url @returns {Error} */
function translate(error, url) {
  // An attempt for each address: the last one tells.
  if (error instanceof AggregateError && error.errors.length > 0) return translate(error.errors.at(-1), url);
  const code = same[error?.code] ?? error?.code;
  if (error?.syscall === 'getaddrinfo') {
    const { hostname } = error;
    return failure('ENOTFOUND', url, `getaddrinfo ENOTFOUND ${hostname}`, { syscall: 'getaddrinfo', hostname });
  }
  if (typeof code !== 'string' || code === 'ERR_PROXY_TUNNEL') return error;
  if (code.startsWith('HPE_'))
    return failure(code === 'HPE_INVALID_EOF_STATE' ? 'ECONNRESET' : 'InvalidHTTPResponse', url);
  if (code.startsWith('Z_') || code === 'ERR_ZLIB') return failure('ZlibError', url);
  if (code.startsWith('ERR__ERROR_') || code.startsWith('ERR_BROTLI')) return failure('BrotliDecompressionError', url);
  if (code.startsWith('ZSTD_')) return failure('ZstdDecompressionError', url);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') return failure('ECONNRESET', url);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failure(code, url, error.message);
  if (error.message && isCertificate(code))
    return failure(code, url, error.message.replace('self-signed', 'self signed'));
  return COMMON_CODE.test(code) ? failure(code, url) : error;
}

/** @param {string} code of OpenSSL's verification */
const isCertificate = (code) => /CERT|CRL|SIGNATURE|_CA|ISSUER|CHAIN/.test(code);

const timedOut = () => new DOMException('The operation timed out.', 'TimeoutError');

/** Why a signal aborts, in the words of Bun. @param {AbortSignal} signal @returns {unknown} */
function reasonOf({ reason }) {
  if (!(reason instanceof DOMException)) return reason;
  if (reason.name === 'AbortError' && reason.message === 'This operation was aborted')
    return new DOMException('The operation was aborted.', 'AbortError');
  if (reason.name === 'TimeoutError') return timedOut();
  return reason;
}

module.exports = { failure, timedOut, translate, reasonOf };
