'use strict';

const path = require('node:path');
const { codeError } = require('../internal/errors');
const { RouteTable } = require('./route-table');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** What a path led to. */
class MatchedRoute {
  #route;
  #pathname;
  #origin;
  #pairs;
  #query;
  /** @type {Record<string, string | string[]> | undefined} */
  #params;
  /** @type {Record<string, string | string[]> | undefined} */
  #all;

  /**
   * @param {import('./route-table').Route} route
   * @param {string} pathname
   * @param {string} origin what `src` starts with
   * @param {[string, string][]} params
   * @param {string} query
   */
  constructor(route, pathname, origin, params, query) {
    this.#route = route;
    this.#pathname = pathname;
    this.#origin = origin;
    this.#pairs = params;
    this.#query = query;
  }

  get filePath() {
    return this.#route.file;
  }

  get kind() {
    return this.#route.kind;
  }

  get name() {
    return this.#route.name;
  }

  get params() {
    return (this.#params ??= gather(this.#pairs));
  }

  get pathname() {
    return this.#pathname;
  }

  /** The parameters of the path, then those of the query that the path has not. */
  get query() {
    const own = new Set(this.#pairs.map(([name]) => name));
    return (this.#all ??= gather([...this.#pairs, ...pairsOf(this.#query).filter(([name]) => !own.has(name))]));
  }

  get scriptSrc() {
    return this.src;
  }

  get src() {
    return this.#origin + this.#route.source;
  }

  get [Symbol.toStringTag]() {
    return 'MatchedRoute';
  }

  /** @param {number} _depth @param {any} options @param {Function} inspect */
  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    const { filePath, kind, name, params, pathname, query, scriptSrc, src } = this;
    return `MatchedRoute ${inspect({ filePath, kind, name, params, pathname, query, scriptSrc, src }, options)}`;
  }
}

/**
 * `Bun.FileSystemRouter`: resolves paths against a directory of files, in Next.js's style.
 *
 * @see https://bun.com/docs/runtime/file-system-router
 */
class FileSystemRouter {
  #directory;
  #extensions;
  #origin;
  #prefix;
  #table;
  /** @type {Record<string, string> | undefined} */
  #routes;

  /**
   * @param {{ dir: string, style: 'nextjs', origin?: string, assetPrefix?: string, fileExtensions?: string[] }} options
   * @throws ERR_INVALID_ARG_TYPE; a `BuildMessage` or `AggregateError` when the files are no routes; an `Error` without the directory
   */
  constructor(options) {
    if (options === null || typeof options !== 'object') throw ERR_INVALID_ARG_TYPE('Expected object');
    const { dir, style, fileExtensions, origin, assetPrefix } = options;
    if (dir === undefined) throw ERR_INVALID_ARG_TYPE('FileSystemRouterOptions.dir is required');
    const directory = checkString('dir', dir);
    if (style === undefined) throw ERR_INVALID_ARG_TYPE('Expected \'style\' option (ex: "style": "nextjs")');
    if (style !== 'nextjs') throw ERR_INVALID_ARG_TYPE("Only 'nextjs' style is currently implemented");
    this.#directory = path.resolve(directory);
    this.#extensions = extensionsOf(fileExtensions);
    this.#prefix = assetPrefix == null ? '' : checkString('assetPrefix', assetPrefix);
    this.#origin = origin === undefined ? '' : checkString('origin', origin);
    this.#table = new RouteTable(this.#directory, this.#extensions);
  }

  get assetPrefix() {
    return this.#prefix || null;
  }

  get origin() {
    return this.#origin || null;
  }

  get style() {
    return 'nextjs';
  }

  /** @returns {Record<string, string>} the files by route */
  get routes() {
    return (this.#routes ??= Object.fromEntries(this.#table.routes.map(({ name, file }) => [name, file])));
  }

  /** Looks at the directory anew. @throws as the constructor; the routes then stay as they were */
  reload() {
    this.#table = new RouteTable(this.#directory, this.#extensions);
    this.#routes = undefined;
    return this;
  }

  /**
   * @param {string | Request | Response} input a path, a URL, or what has one
   * @returns {MatchedRoute | null}
   * @throws ERR_INVALID_ARG_TYPE; an `Error` when the path is not well encoded
   */
  match(input) {
    const pathname = decode(pathOf(input));
    const mark = pathname.indexOf('?');
    const found = this.#table.match(mark < 0 ? pathname : pathname.slice(0, mark));
    if (!found) return null;
    const query = mark < 0 ? '' : pathname.slice(mark + 1);
    return new MatchedRoute(found.route, pathname, this.#base(), found.params, query);
  }

  /** What `src` starts with; without an origin it is the path below the directory. */
  #base() {
    if (!this.#origin) return '';
    const origin = URL.canParse(this.#origin) ? new URL(this.#origin).origin : this.#origin;
    return origin + path.posix.normalize(`/${this.#prefix}`);
  }

  get [Symbol.toStringTag]() {
    return 'FileSystemRouter';
  }

  /** @param {number} _depth @param {any} options @param {Function} inspect */
  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    const { assetPrefix, match, origin, reload, routes, style } = this;
    return `FileSystemRouter ${inspect({ assetPrefix, match, origin, reload, routes, style }, options)}`;
  }
}

for (const { prototype } of [FileSystemRouter, MatchedRoute]) {
  for (const name of Object.getOwnPropertyNames(prototype))
    if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true });
}

/** @param {string} name @param {unknown} value @returns {string} */
function checkString(name, value) {
  if (typeof value === 'string') return value;
  throw ERR_INVALID_ARG_TYPE(`FileSystemRouterOptions.${name} must be a string`);
}

/** @param {unknown} extensions @returns {string[]} */
function extensionsOf(extensions) {
  if (extensions === undefined) return [];
  if (!Array.isArray(extensions))
    throw ERR_INVALID_ARG_TYPE('FileSystemRouterOptions.fileExtensions must be an array of string');
  for (const extension of extensions) {
    if (typeof extension !== 'string')
      throw ERR_INVALID_ARG_TYPE('element of FileSystemRouterOptions.fileExtensions must be a string');
  }
  return extensions;
}

/** @param {any} input @returns {string} path and query */
function pathOf(input) {
  const text = typeof input === 'string' ? input : urlOf(input);
  if (text === '') return '/';
  const [, rest] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^]*)$/i.exec(text) ?? [text, text];
  return rest === '' ? '/' : rest;
}

/** @param {any} input @returns {string} */
function urlOf(input) {
  const isBody = typeof input === 'object' && input !== null && 'bodyUsed' in input && typeof input.url === 'string';
  if (!isBody) throw ERR_INVALID_ARG_TYPE('Expected string, Request or Response');
  return input.url;
}

/** @param {string} pathname */
function decode(pathname) {
  if (!pathname.includes('%')) return pathname;
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new Error(`DecodingError parsing path: ${pathname}`);
  }
}

/** @param {string} query decoded already @returns {[string, string][]} */
function pairsOf(query) {
  return query
    .split('&')
    .map((pair) => /** @type {[string, string]} */ (/^([^=]*)=?([^]*)$/.exec(pair)?.slice(1)))
    .filter(([name]) => name !== '');
}

/** A name that comes more than once has a list of values. @param {[string, string][]} pairs */
function gather(pairs) {
  /** @type {Map<string, string | string[]>} */
  const gathered = new Map();
  for (const [name, value] of pairs) {
    const before = gathered.get(name);
    gathered.set(name, before === undefined ? value : [...[before].flat(), value]);
  }
  return Object.fromEntries(gathered);
}

module.exports = FileSystemRouter;
