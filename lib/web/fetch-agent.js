'use strict';

/** Connections of `fetch` with Bun's options `tls` and `unix`, which Node's `fetch` has as an agent. */

const nodeClasses = require('./node-classes');

/** Where Node's fetch keeps its agent once it is loaded. */
const GLOBAL_AGENT = Symbol.for('undici.globalDispatcher.1');
/** Agents by their options, so that connections are used again. @type {Map<string, any>} */
const agents = new Map();
const MOST_AGENTS = 64;

/** Bun's names of the options, as `node:tls` calls them. */
const NAMES = {
  ca: 'ca',
  cert: 'cert',
  key: 'key',
  passphrase: 'passphrase',
  rejectUnauthorized: 'rejectUnauthorized',
  checkServerIdentity: 'checkServerIdentity',
  serverName: 'servername',
  servername: 'servername',
};

/** @param {any} value */
function plain(value) {
  if (value instanceof Blob && typeof (/** @type {any} */ (value).name) === 'string')
    return require('node:fs').readFileSync(/** @type {any} */ (value).name);
  return Array.isArray(value) ? value.map(plain) : value;
}

/**
 * @param {{ tls?: any, unix?: string }} options of `fetch`
 * @returns {any} undefined when the standard agent will do
 */
function agentFor({ tls, unix }) {
  if ((tls == null || typeof tls !== 'object') && unix == null) return undefined;
  /** @type {any} */
  const connect = {};
  for (const [name, nodes] of Object.entries(NAMES)) if (tls?.[name] != null) connect[nodes] = plain(tls[name]);
  if (unix != null) connect.socketPath = String(unix);
  const shared = connect.checkServerIdentity === undefined;
  const key = shared ? JSON.stringify(connect) : '';
  const known = agents.get(key);
  if (known !== undefined) return known;
  nodeClasses.nodes('fetch');
  const standard = /** @type {any} */ (globalThis)[GLOBAL_AGENT] ?? loadAgent();
  const agent = new standard.constructor({ connect });
  if (shared && agents.size < MOST_AGENTS) agents.set(key, agent);
  return agent;
}

/** Node sets its agent up at the first use of one of its classes. */
function loadAgent() {
  const probe = nodeClasses.nodes('fetch');
  void probe('data:,').then((/** @type {any} */ response) => response.text());
  return /** @type {any} */ (globalThis)[GLOBAL_AGENT];
}

module.exports = { agentFor };
