'use strict';

const { normalizeTransform } = require('./transform');
const { sqliteOptions, isSQLiteURL } = require('./sqlite-options');
const { serverOptions } = require('./server-options');

/**
 * Which adapter a client has and what its options are.
 *
 * @see https://bun.com/docs/runtime/sql#database-environment-variables
 */

const ADAPTERS = ['postgres', 'sqlite', 'mysql', 'mariadb'];
const SUPPORTED = `Supported adapters: ${ADAPTERS.map((name) => `"${name}"`).join(', ')}`;

/** @type {Record<string, string>} */
const PROTOCOLS = {
  postgres: 'postgres',
  postgresql: 'postgres',
  http: 'postgres',
  https: 'postgres',
  ftp: 'postgres',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mariadb',
};

/** Variables that hold a URL, in the order in which they are read, and the adapter that they stand for. */
const VARIABLES = /** @type {const} */ ([
  ['DATABASE_URL', undefined],
  ['TLS_DATABASE_URL', undefined],
  ['POSTGRES_URL', 'postgres'],
  ['PGURL', 'postgres'],
  ['PG_URL', 'postgres'],
  ['TLS_POSTGRES_DATABASE_URL', 'postgres'],
  ['MYSQL_URL', 'mysql'],
  ['TLS_MYSQL_DATABASE_URL', 'mysql'],
  ['MARIADB_URL', 'mariadb'],
  ['TLS_MARIADB_DATABASE_URL', 'mariadb'],
  ['SQLITE_URL', 'sqlite'],
]);

/**
 * @param {unknown} first a connection string, or the options
 * @param {unknown} second the options beside a connection string
 * @returns {Record<string, any> & { adapter: string }}
 * @throws {Error} for an adapter or a protocol that there is not
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE`, …
 */
function parseOptions(first, second) {
  const isURL = typeof first === 'string' || first instanceof URL;
  const given = /** @type {any} */ (isURL || first == null ? second : first);
  const options = typeof given === 'object' && given !== null ? { ...given } : {};
  if (options.transform !== undefined) options.transform = normalizeTransform(options.transform);

  const named = adapterNamed(options.adapter);
  const url = options.url || (isURL ? first : undefined);
  const found = url || options.filename ? undefined : environmentURL(named, options);
  const source = String(url ?? found?.url ?? '');
  const adapter = named ?? (options.filename ? 'sqlite' : (found?.adapter ?? adapterOf(source)));
  if (adapter === 'sqlite') return sqliteOptions(options, source);
  if (isSQLiteURL(source)) {
    throw new Error(
      `Invalid URL '${adapter}://[REDACTED]' for ${adapter}. Did you mean to specify \`{ adapter: "sqlite" }\`?`,
    );
  }
  return serverOptions(options, source, adapter, found?.isTLS ?? false);
}

/** @param {unknown} adapter the option @returns {string | undefined} */
function adapterNamed(adapter) {
  if (adapter == null) return undefined;
  if (ADAPTERS.includes(/** @type {any} */ (adapter))) return /** @type {string} */ (adapter);
  throw new Error(`Unsupported adapter: ${adapter}. ${SUPPORTED}`);
}

/** @param {string} url @returns {string} */
function adapterOf(url) {
  if (isSQLiteURL(url)) return 'sqlite';
  const protocol = /^([a-z][\w+.-]*):\/\//i.exec(url)?.[1].toLowerCase();
  if (protocol === undefined) return 'postgres';
  if (Object.hasOwn(PROTOCOLS, protocol)) return PROTOCOLS[protocol];
  throw new Error(`Unsupported protocol: ${protocol}. ${SUPPORTED}`);
}

/**
 * The URL that the environment names.
 *
 * @param {string | undefined} adapter the option
 * @param {Record<string, any>} options
 * @returns {{ url: string, adapter: string, isTLS: boolean } | undefined}
 */
function environmentURL(adapter, options) {
  const isServer = Boolean(options.hostname || options.host || options.path || options.socket);
  for (const [name, owner] of VARIABLES) {
    const url = process.env[name];
    if (!url || (adapter && owner && owner !== adapter)) continue;
    const isFile = isSQLiteURL(url);
    // A name without a protocol is a file for the adapter that was asked for, a host for all others.
    const its = owner ?? (adapter === 'sqlite' && !url.includes('://') && !isFile ? 'sqlite' : adapterOf(url));
    if (adapter ? its !== adapter && !(its === 'mysql' && adapter === 'mariadb') : its === 'sqlite' && isServer) {
      // `DATABASE_URL` may be without a protocol; then it is for whichever adapter is asked for.
      if (!adapter || owner || /^[a-z][\w+.-]*:/i.test(url)) continue;
    }
    return { url, adapter: adapter ?? its, isTLS: name.startsWith('TLS_') };
  }
  return undefined;
}

module.exports = { parseOptions };
