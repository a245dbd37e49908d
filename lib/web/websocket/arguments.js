'use strict';

/** The arguments of `new WebSocket`, checked and sorted. */

const { Headers } = require('../headers');

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @param {unknown} given @returns {{ url: URL, unix?: string, shown: string }} */
function urlOf(given) {
  const text = String(given);
  const unix = /^(wss?)\+unix:\/\/([^]*)$/.exec(text);
  if (unix) {
    const [, scheme, rest] = unix;
    const [path, target = '/'] = rest.split(':');
    if (path === '') throw new SyntaxError(`Invalid url for WebSocket ${text} (missing unix socket path)`);
    return { url: new URL(`${scheme}://localhost${target}`), unix: decodeURIComponent(path), shown: text };
  }
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new SyntaxError(`Invalid url for WebSocket ${text}`);
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  else if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw new SyntaxError(`Wrong url scheme for WebSocket ${url.href}`);
  if (url.hash !== '' || text.endsWith('#')) throw new SyntaxError(`URL has fragment component ${url.href}`);
  return { url, shown: url.href };
}

/** @param {unknown} given @returns {string[]} */
function protocolsOf(given) {
  if (given === undefined || given === null) return [];
  const list = (Array.isArray(given) ? given : [given]).map(String);
  for (const [index, protocol] of list.entries()) {
    if (!token.test(protocol)) throw new SyntaxError(`Wrong protocol for WebSocket '${protocol}'`);
    if (list.indexOf(protocol) < index) throw new SyntaxError(`WebSocket protocols contain duplicates: '${protocol}'`);
  }
  return list;
}

/** @param {any} given @returns {[string, string][]} */
function headersOf(given) {
  if (given === undefined || given === null) return [];
  return [.../** @type {any} */ (new Headers(typeof given.entries === 'function' ? [...given] : given))];
}

/** @param {unknown} address @param {any} [second] protocols, or options */
function readArguments(address, second = undefined) {
  const { url, unix, shown } = urlOf(address);
  const options = typeof second === 'object' && second !== null && !Array.isArray(second) ? second : {};
  const isProtocol = typeof second === 'string' || Array.isArray(second);
  const protocols = protocolsOf(isProtocol ? second : (options.protocols ?? options.protocol));
  const headers = headersOf(options.headers);
  const { proxy, perMessageDeflate, rejectUnauthorized } = options;
  if (proxy !== undefined && proxy !== null) {
    const text = typeof proxy === 'object' && !(proxy instanceof URL) ? proxy.url : proxy;
    if (!URL.canParse(String(text))) throw new SyntaxError(`Invalid proxy URL: ${text}`);
  }
  const tls = options.tls ?? (rejectUnauthorized === undefined ? undefined : { rejectUnauthorized });
  return { url, unix, shown, protocols, headers, deflate: perMessageDeflate !== false, options: { proxy, tls } };
}

module.exports = { readArguments };
