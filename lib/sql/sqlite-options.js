'use strict';

const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');

const MEMORY = ':memory:';

/** What `mode=` in a URL stands for; of several, the first one here counts. @type {Record<string, { readonly?: boolean, create?: boolean }>} */
const MODES = {
  ro: { readonly: true },
  rw: { readonly: false, create: false },
  rwc: { readonly: false, create: true },
  memory: {},
};

/** @param {string} url */
const isSQLiteURL = (url) => url === MEMORY || /^(sqlite|file):/i.test(url);

/**
 * @param {Record<string, any>} options
 * @param {string} source the connection string
 * @returns {Record<string, any> & { adapter: 'sqlite', filename: string }}
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for a mode that there is not, a file name with a null byte
 */
function sqliteOptions(options, source) {
  const { filename, mode } = parseFilename(String(options.filename || source));
  const result = /** @type {any} */ (Object.assign(options, { adapter: 'sqlite', filename }));
  for (const [name, value] of Object.entries(mode)) result[name] ??= value;
  if (result.readwrite === false) result.readonly = true;
  if (result.bigint !== undefined && result.safeIntegers === undefined) result.safeIntegers = Boolean(result.bigint);
  return result;
}

/** @param {string} source */
function parseFilename(source) {
  const queryAt = source.indexOf('?');
  const path = queryAt === -1 ? source : source.slice(0, queryAt);
  const query = new URLSearchParams(queryAt === -1 ? '' : source.slice(queryAt + 1));
  const asked = query.getAll('mode').map((mode) => mode.replace(/#.*$/s, ''));
  const modes = Object.keys(MODES);
  for (const mode of asked) {
    if (!modes.includes(mode)) throw ERR_INVALID_ARG_VALUE('mode', mode, `must be one of: ${modes.join(', ')}`);
  }
  const mode = modes.find((each) => asked.includes(each));
  return { filename: pathOf(path) || MEMORY, mode: mode === undefined ? {} : MODES[mode] };
}

/** @param {string} url without its query */
function pathOf(url) {
  if (/^sqlite:memory$/i.test(url)) return MEMORY;
  const [, protocol, rest] = /^(sqlite|file):(.*)$/is.exec(url) ?? [undefined, undefined, url];
  if (protocol?.toLowerCase() !== 'file' || !rest.startsWith('//')) return rest.replace(/^\/\//, protocol ? '' : '//');
  if (rest === '//') return '/';
  // Only the URL of a file that is absolute has its path encoded.
  if (!/^\/\/(localhost)?\//i.test(rest)) return rest.slice(2);
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return rest.slice(2);
  }
}

module.exports = { sqliteOptions, isSQLiteURL };
