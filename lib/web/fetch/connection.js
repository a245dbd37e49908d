'use strict';

/** Which connection a request takes: one of the pools, a socket of the file system, or a way through a proxy. */

const { proxyFor } = require('./proxy');

const MOST_SOCKETS = 256;

const pool = { keepAlive: true, maxSockets: MOST_SOCKETS };
const single = { keepAlive: false, maxSockets: Infinity };
/** Pools of which so many are known at once: the oldest are forgotten, and go when their connections have. */
const MOST_POOLS = 256;
/** @type {Map<string, import('node:http').Agent>} by what they are for */
const agents = new Map();

/** By origin, connections that are being opened ahead: a request waits for its own. @type {Map<string, Promise<unknown>>} */
const preconnecting = new Map();

/** @param {string} key @param {() => import('node:http').Agent} make */
function pooled(key, make) {
  const agent = agents.get(key) ?? make();
  agents.delete(key);
  agents.set(key, agent);
  if (agents.size > MOST_POOLS) agents.delete(/** @type {string} */ (agents.keys().next().value));
  return agent;
}

/** TLS takes longer to load than a request takes: loaded by the first that needs it. @param {boolean} secure */
const moduleFor = (secure) => (secure ? require('node:https') : require('node:http'));

/** @param {boolean} secure @param {boolean} keepAlive */
const agentOf = (secure, keepAlive) =>
  pooled(`${secure} ${keepAlive}`, () => {
    const { Agent } = secure ? require('node:https') : { Agent: require('./loopback').LoopbackAgent };
    return new Agent(keepAlive ? pool : single);
  });

/** @param {any} given @param {boolean} keepAlive */
function securedAgent(given, keepAlive) {
  if (typeof given !== 'object' || given === null) return agentOf(true, keepAlive);
  const { tlsOptions, tlsKey, withIdentity } = require('./tls-options');
  const make = () =>
    new (moduleFor(true).Agent)({ ...(keepAlive ? pool : single), ...withIdentity(tlsOptions(given)) });
  return keepAlive ? pooled(`tls ${tlsKey(given)}`, make) : make();
}

/** @param {import('./proxy').Proxy} proxy @param {any} given @param {boolean} keepAlive */
function tunnelAgent(proxy, given, keepAlive) {
  const { TunnelAgent } = require('./tunnel');
  const make = () => new TunnelAgent(proxy, given, keepAlive ? pool : single);
  if (!keepAlive) return make();
  const told = JSON.stringify([proxy.url.href, proxy.headers]);
  return pooled(`tunnel ${told} ${require('./tls-options').tlsKey(given)}`, make);
}

/** Node's agent looks for a name for TLS, in vain, unless it is told that there is none. @param {boolean} secure */
const plain = (secure) => (secure ? {} : { servername: '' });

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
    return { secure, options: { ...way, host, ...plain(secure) }, headers: [] };
  }
  const proxy = proxyFor(url, options.proxy);
  if (!proxy)
    return {
      secure,
      options: {
        host,
        port,
        agent: secure ? securedAgent(given, keepAlive) : agentOf(false, keepAlive),
        ...plain(secure),
      },
      headers: [],
    };
  if (secure) {
    return { secure, options: { host, port, agent: tunnelAgent(proxy, given, keepAlive) }, headers: [] };
  }
  const { hostname, port: proxyPort, protocol } = proxy.url;
  const proxySecure = protocol === 'https:';
  return {
    secure: proxySecure,
    options: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: proxyPort || (proxySecure ? 443 : 80),
      agent: proxySecure ? securedAgent(given, keepAlive) : agentOf(false, keepAlive),
      ...plain(proxySecure),
    },
    target: `${url.protocol}//${url.host}${url.pathname}${url.search}`,
    headers: [['Proxy-Connection', 'Keep-Alive'], ...proxy.headers],
  };
}

module.exports = { connectionTo, agentOf, moduleFor, preconnecting };
