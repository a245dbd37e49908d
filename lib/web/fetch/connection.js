'use strict';

/** Which connection a request takes: one of the pools, a socket of the file system, or a way through a proxy. */

const http = require('node:http');
const https = require('node:https');
const tls = require('node:tls');
const { codeError } = require('../../internal/errors');

const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);
const MOST_SOCKETS = 256;

const pool = { keepAlive: true, maxSockets: MOST_SOCKETS };
const single = { keepAlive: false, maxSockets: Infinity };
/** @type {Map<string, import('node:http').Agent>} by what they are for */
const agents = new Map();
/** Pools for the `tls` options of a program, which are often the same object. @type {WeakMap<object, import('node:https').Agent>} */
const secured = new WeakMap();

/** @param {boolean} secure @param {boolean} keepAlive */
function agentOf(secure, keepAlive) {
  const key = `${secure} ${keepAlive}`;
  const known = agents.get(key);
  if (known) return known;
  const agent = new (secure ? https : http).Agent(keepAlive ? pool : single);
  agents.set(key, agent);
  return agent;
}

/** A key or certificate in what Node takes: Bun takes files, too. @param {any} value @returns {any} */
function secret(value) {
  if (Array.isArray(value)) return value.map(secret);
  if (value instanceof Blob) return require('../../bun/blob-bytes').bytesNow(value);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

/** @param {any} given the option `tls` @returns {any} what Node's `tls` takes */
function tlsOptions(given) {
  if (typeof given !== 'object' || given === null) return {};
  const {
    ca,
    cert,
    key,
    passphrase,
    rejectUnauthorized,
    checkServerIdentity,
    servername,
    serverName,
    ciphers,
    secureOptions,
    ALPNProtocols,
  } = given;
  const options = {
    ca: secret(ca),
    cert: secret(cert),
    key: secret(key),
    passphrase,
    rejectUnauthorized,
    checkServerIdentity,
    servername: servername ?? serverName,
    ciphers,
    secureOptions,
    ALPNProtocols,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * `checkServerIdentity` may give an error or throw it; either is what the program gets.
 *
 * @param {any} options
 */
function withIdentity(options) {
  const { checkServerIdentity: check } = options;
  if (typeof check !== 'function') return options;
  return {
    ...options,
    checkServerIdentity(/** @type {string} */ host, /** @type {any} */ certificate) {
      try {
        return check(host, certificate);
      } catch (error) {
        return error;
      }
    },
  };
}

/** @param {any} given @param {boolean} keepAlive */
function securedAgent(given, keepAlive) {
  if (typeof given !== 'object' || given === null) return agentOf(true, keepAlive);
  const known = keepAlive ? secured.get(given) : undefined;
  if (known) return known;
  const agent = new https.Agent({ ...(keepAlive ? pool : single), ...withIdentity(tlsOptions(given)) });
  if (keepAlive) secured.set(given, agent);
  return agent;
}

/** @param {unknown} value @returns {{ url: URL, headers: [string, string][] } | undefined} */
function proxyOf(value) {
  if (value === undefined || value === null || value === '') return undefined;
  const { url, headers } =
    typeof value === 'object' && !(value instanceof URL)
      ? /** @type {any} */ (value)
      : { url: value, headers: undefined };
  try {
    const list = headers ? [.../** @type {any} */ (new (require('../headers').Headers)(headers))] : [];
    return { url: new URL(String(url)), headers: list };
  } catch {
    throw ERR_INVALID_ARG_VALUE('fetch() proxy URL is invalid');
  }
}

/** The proxy that the environment names for a URL. @param {URL} url */
function proxyOfEnvironment({ protocol, hostname, port }) {
  const { env } = process;
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] || env[name.toUpperCase()];
  if (!proxy) return undefined;
  const excluded = (env.no_proxy || env.NO_PROXY || '').split(',').map((each) => each.trim().toLowerCase());
  const host = hostname.toLowerCase();
  const skip = excluded.some((each) => {
    if (each === '') return false;
    if (each === '*') return true;
    const [domain, only] = each.replace(/^\*?\./, '').split(':');
    if (only !== undefined && only !== port) return false;
    return host === domain || host.endsWith(`.${domain}`);
  });
  return skip ? undefined : proxyOf(proxy);
}

/** @param {URL} url @returns {[string, string][]} */
function authorization({ username, password }) {
  if (username === '' && password === '') return [];
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return [['Proxy-Authorization', `Basic ${Buffer.from(text).toString('base64')}`]];
}

/**
 * What Node's `request` takes to reach a URL.
 *
 * @param {URL} url
 * @param {any} options of the plan
 * @param {boolean} keepAlive
 * @returns {{ secure: boolean, options: any, target?: string, headers: [string, string][] }} `target` and `headers` of a request through a proxy
 */
function connectionTo(url, options, keepAlive) {
  const secure = url.protocol === 'https:';
  const { unix, tls: given } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  if (unix !== undefined) {
    const way = { socketPath: String(unix), agent: secure ? securedAgent(given, false) : agentOf(false, false) };
    return { secure, options: { ...way, host }, headers: [] };
  }
  const proxy = proxyOf(options.proxy) ?? (options.proxy === undefined ? proxyOfEnvironment(url) : undefined);
  if (!proxy)
    return {
      secure,
      options: { host, port, agent: secure ? securedAgent(given, keepAlive) : agentOf(false, keepAlive) },
      headers: [],
    };
  const headers = [...authorization(proxy.url), ...proxy.headers];
  if (!secure) {
    const way = proxy.url.protocol === 'https:' ? securedAgent(given, keepAlive) : agentOf(false, keepAlive);
    const { hostname, port: proxyPort } = proxy.url;
    const proxySecure = proxy.url.protocol === 'https:';
    return {
      secure: proxySecure,
      options: { host: hostname.replace(/^\[|\]$/g, ''), port: proxyPort || (proxySecure ? 443 : 80), agent: way },
      target: `${url.protocol}//${url.host}${url.pathname}${url.search}`,
      headers,
    };
  }
  const agent = new TunnelAgent(proxy.url, headers, given);
  return { secure, options: { host, port, agent }, headers: [] };
}

/** Opens each connection through a proxy's CONNECT. */
class TunnelAgent extends https.Agent {
  #proxy;
  #headers;
  #tls;

  /** @param {URL} proxy @param {[string, string][]} headers @param {any} given */
  constructor(proxy, headers, given) {
    super({ keepAlive: false });
    this.#proxy = proxy;
    this.#headers = headers;
    this.#tls = withIdentity(tlsOptions(given));
  }

  /** @param {any} options @param {(error: Error | null, socket?: any) => void} callback @returns {any} */
  createConnection(options, callback) {
    const { host, port } = options;
    const secure = this.#proxy.protocol === 'https:';
    const request = (secure ? https : http).request({
      host: this.#proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.#proxy.port || (secure ? 443 : 80),
      method: 'CONNECT',
      path: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      headers: [['Host', `${host}:${port}`], ['Proxy-Connection', 'Keep-Alive'], ...this.#headers].flat(),
      agent: false,
      ...(secure ? this.#tls : {}),
    });
    request.on('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        const code = response.statusCode === 407 ? 'ProxyAuthenticationRequired' : 'UnexpectedProxyStatus';
        return callback(Object.assign(new Error(code), { code }));
      }
      if (head.length > 0) socket.unshift(head);
      const { servername = host } = this.#tls;
      callback(
        null,
        tls.connect({ ...this.#tls, socket, servername: /^[\d.]+$|:/.test(servername) ? undefined : servername, host }),
      );
    });
    request.on('error', callback);
    request.end();
    return undefined;
  }
}

module.exports = { connectionTo, agentOf };
