'use strict';

/**
 * Which proxy a request takes: that of the option or of the environment.
 *
 * @see https://bun.com/docs/guides/http/proxy
 */

const { codeError } = require('../../internal/errors');
const { Headers, STEP, triples } = require('../headers');
const { failure } = require('./failure');

const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);
const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/** @typedef {{ url: URL, headers: [string, string][] }} Proxy `headers` are for the proxy alone */

/**
 * @param {URL} url of the request
 * @param {unknown} option `proxy` of `fetch`
 * @returns {Proxy | undefined}
 */
function proxyFor(url, option) {
  const given = ofOption(option) ?? (option === undefined ? ofEnvironment(url) : undefined);
  if (!given || isExcluded(url)) return undefined;
  if (!/^https?:$/.test(given.url.protocol)) throw failure('UnsupportedProxyProtocol', url.href);
  const own = given.headers.some(([name]) => name.toLowerCase() === 'proxy-authorization');
  return { url: given.url, headers: own ? given.headers : [...authorization(given.url), ...given.headers] };
}

/** @param {any} option @returns {Proxy | undefined} */
function ofOption(option) {
  const isObject = typeof option === 'object' && option !== null && !(option instanceof URL);
  const { url, headers } = isObject ? option : { url: option, headers: undefined };
  if (url == null || (!isObject && (url === '' || typeof url === 'number'))) return undefined;
  const text = String(url);
  // `host:port` is a URL with a scheme for the parser, and what Bun takes.
  if (!URL.canParse(text)) throw ERR_INVALID_ARG_VALUE('fetch() proxy URL is invalid');
  return { url: new URL(hasScheme.test(text) ? text : `http://${text}`), headers: headers ? listed(headers) : [] };
}

/** @param {any} given @returns {[string, string][]} with the names as they were given */
function listed(given) {
  const list = triples(new Headers(given));
  return Array.from({ length: list.length / STEP }, (_, at) => [list[at * STEP + 2], list[at * STEP + 1]]);
}

/** @param {URL} url @returns {Proxy | undefined} */
function ofEnvironment(url) {
  const { env } = process;
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const text = env[name] || env[name.toUpperCase()] || '';
  if (/^(?:''|"")?$/.test(text)) return undefined;
  const href = hasScheme.test(text) ? text : `http://${text}`;
  if (URL.canParse(href)) return { url: new URL(href), headers: [] };
  throw failure('ENOTFOUND', url.href, `getaddrinfo ENOTFOUND ${text}`, { syscall: 'getaddrinfo', hostname: text });
}

/** Whether the environment says that a URL is to be reached without a proxy. @param {URL} url */
function isExcluded({ protocol, hostname, port }) {
  const { env } = process;
  const list = env.no_proxy || env.NO_PROXY;
  if (!list) return false;
  const host = hostname.toLowerCase();
  const own = port || (protocol === 'https:' ? '443' : '80');
  return list.split(',').some((each) => {
    const entry = each.trim().toLowerCase();
    if (entry === '') return false;
    if (entry === '*') return true;
    const [domain, only] = entry.replace(/^\*?\./, '').split(':');
    if (domain === '' || (only !== undefined && only !== own)) return false;
    return host === domain || host.endsWith(`.${domain}`);
  });
}

/** @param {URL} url @returns {[string, string][]} */
function authorization({ username, password }) {
  if (username === '' && password === '') return [];
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return [['Proxy-Authorization', `Basic ${Buffer.from(text).toString('base64')}`]];
}

module.exports = { proxyFor };
