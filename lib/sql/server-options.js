'use strict';

const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');

/**
 * The options of a client of PostgreSQL, MySQL or MariaDB.
 *
 * @see https://bun.com/docs/runtime/sql#connection-url-parameters
 */

/** Where an adapter's fields are in the environment, and what they are otherwise. @type {Record<string, any>} */
const ADAPTERS = {
  postgres: {
    port: 5432,
    user: 'postgres',
    database: undefined, // as the user
    env: {
      host: 'PGHOST',
      port: 'PGPORT',
      user: ['PGUSERNAME', 'PGUSER'],
      password: 'PGPASSWORD',
      database: 'PGDATABASE',
    },
  },
  mysql: { port: 3306, user: 'root', database: 'mysql', env: variables('MYSQL') },
  mariadb: { port: 3306, user: 'root', database: '', env: variables('MARIADB') },
};

/** @param {string} prefix */
function variables(prefix) {
  const [host, port, user, password, database] = ['HOST', 'PORT', 'USER', 'PASSWORD', 'DATABASE'].map(
    (name) => `${prefix}_${name}`,
  );
  return { host, port, user: [user], password, database };
}

/** Modes of TLS and the number that stands for each. */
const SSL_MODES = { disable: 0, allow: 1, prefer: 1, require: 2, 'verify-ca': 3, 'verify-full': 4 };

const DURATIONS = /** @type {const} */ ([
  ['idleTimeout', ['idleTimeout', 'idle_timeout']],
  ['connectionTimeout', ['connectionTimeout', 'connection_timeout', 'connectTimeout', 'connect_timeout']],
  ['maxLifetime', ['maxLifetime', 'max_lifetime']],
]);

/** Keys of a URL that are options; every other is a parameter of the session. */
const KNOWN = new Set(
  'sslmode ssl-mode ssl tls path socket connect_timeout idle_timeout max_lifetime max prepare channel_binding foundRows host port user password dbname'.split(
    ' ',
  ),
);

/**
 * @param {Record<string, any>} options
 * @param {string} source the connection string
 * @param {string} adapter
 * @param {boolean} isTLS a variable asks for TLS
 * @returns {Record<string, any> & { adapter: string }}
 */
function serverOptions(options, source, adapter, isTLS) {
  const { port: defaultPort, user: defaultUser, database: defaultDatabase, env } = ADAPTERS[adapter];
  const url = parseURL(source, adapter);
  const query = url?.searchParams ?? new URLSearchParams();
  const asked = (/** @type {string} */ name) => query.get(name) || undefined;
  const isPostgres = adapter === 'postgres';

  const socket = url?.protocol === 'unix:' ? decodeURIComponent(url.pathname) : undefined;
  const hostname =
    options.hostname ||
    options.host ||
    (socket ? '' : url?.hostname) ||
    asked('host') ||
    variable(env.host) ||
    'localhost';
  const port = checkPort(options.port || url?.port || asked('port') || variable(env.port) || defaultPort);
  const username =
    options.username ||
    options.user ||
    decode(url?.username) ||
    asked('user') ||
    variable(...env.user, 'USER', 'USERNAME') ||
    defaultUser;
  const password =
    options.password ?? options.pass ?? (decode(url?.password) || asked('password') || variable(env.password) || '');
  const database =
    options.database ||
    options.db ||
    variable(env.database) ||
    (socket ? '' : decode(url?.pathname.replace(/^\//, ''))) ||
    asked('dbname') ||
    (isPostgres ? username : defaultDatabase);
  const prepare = options.prepare ?? asked('prepare') !== 'false';
  if (!prepare && adapter === 'mysql') {
    throw ERR_INVALID_ARG_VALUE('options.prepare', false, 'prepared: false is not supported in MySQL');
  }
  const { sslMode, tls } = tlsOf(options, query, isPostgres, isTLS, hostname);

  /** @type {any} */
  const result = { adapter, hostname, port, username, password, database, tls, prepare };
  result.allowPublicKeyRetrieval = options.allowPublicKeyRetrieval ?? false;
  result.foundRows = options.foundRows ?? asked('foundRows') === 'true';
  result.channelBinding = options.channelBinding ?? asked('channel_binding') ?? 'disable';
  result.bigint = options.bigint;
  result.sslMode = sslMode;
  result.query = sessionParameters(options, query);
  result.max = checkMax(options.max ?? asked('max') ?? 10);
  for (const [name, names] of DURATIONS) {
    const given = names.map((each) => options[each] ?? asked(each)).find((value) => value !== undefined);
    if (given !== undefined) result[name] = checkDuration(`options.${name}`, given);
  }
  for (const name of ['onconnect', 'onclose', 'transform'])
    if (options[name] !== undefined) result[name] = options[name];
  const path = options.path || options.socket || asked('path') || asked('socket') || socket;
  if (path) result.path = path;
  return redacted(result);
}

/** @param {string} source @param {string} adapter @returns {URL | undefined} */
function parseURL(source, adapter) {
  if (source === '') return undefined;
  const url = /^[a-z][\w+.-]*:\/\//i.test(source) ? source : `${adapter}://${source}`;
  return new URL(url.replace(/^unix:\/\/(?!\/)/i, 'unix:///'));
}

/** @param {string | undefined} text */
const decode = (text) => (text ? decodeURIComponent(text) : undefined);

/** The first of some variables that is set. @param {...string} names */
const variable = (...names) => names.map((name) => process.env[name]).find(Boolean);

/** @param {unknown} given */
function checkPort(given) {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw ERR_INVALID_ARG_VALUE('port', port, 'must be a non-negative integer between 1 and 65535');
}

/** @param {unknown} given */
function checkMax(given) {
  const max = Number(given);
  if (Number.isInteger(max) && max >= 1 && max < 2 ** 31) return max;
  throw ERR_INVALID_ARG_VALUE('options.max', max, 'must be a non-negative integer between 1 and 2^31');
}

/** Seconds to milliseconds. @param {string} name @param {unknown} given */
function checkDuration(name, given) {
  const milliseconds = Number(given) * 1000;
  if (milliseconds >= 0 && milliseconds < 2 ** 31) return milliseconds;
  throw ERR_INVALID_ARG_VALUE(name, milliseconds, 'must be a non-negative integer less than 2^31');
}

/** @param {any} options @param {URLSearchParams} query @param {boolean} isPostgres @param {boolean} isTLS @param {string} hostname */
function tlsOf(options, query, isPostgres, isTLS, hostname) {
  const given = options.tls ?? options.ssl;
  const inURL = ['sslmode', 'ssl-mode', 'ssl', 'tls'].map((name) => query.get(name)).find((mode) => mode !== null);
  const named = typeof given === 'string' ? given : (inURL ?? (isPostgres ? variable('PGSSLMODE') : undefined));
  let sslMode = named === undefined ? 0 : modeOf(named);
  if (sslMode < 2 && ((typeof given !== 'string' && given) || (isTLS && inURL === undefined))) sslMode = 2;
  if (sslMode === 0) return { sslMode, tls: undefined };
  const tls =
    typeof given === 'object' && given !== null ? { serverName: hostname, ...given } : { serverName: hostname };
  return { sslMode, tls };
}

/** @param {string} name */
function modeOf(name) {
  const mode = name.toLowerCase();
  if (mode === 'true' || mode === '1') return SSL_MODES.require;
  if (mode === 'false' || mode === '0') return SSL_MODES.disable;
  if (Object.hasOwn(SSL_MODES, mode)) return SSL_MODES[/** @type {keyof typeof SSL_MODES} */ (mode)];
  throw ERR_INVALID_ARG_VALUE('sslmode', name, `must be one of: ${Object.keys(SSL_MODES).join(', ')}`);
}

/** Pairs of name and value, each with a null byte behind it. @param {any} options @param {URLSearchParams} query */
function sessionParameters({ connection }, query) {
  const pairs = [...query].filter(([name]) => !KNOWN.has(name)).concat(Object.entries(connection ?? {}));
  return pairs.map(([name, value]) => `${name}\0${value}\0`).join('');
}

/** Makes what prints the options leave the password out. @param {any} options */
function redacted(options) {
  return Object.defineProperty(options, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => ({ ...options, password: options.password ? '[REDACTED]' : options.password }),
    configurable: true,
  });
}

module.exports = { serverOptions };
