'use strict';

/**
 * The routes of a `pages` directory, in Next.js's style: found, checked, sorted and matched.
 *
 * `[name]` is a segment, `[...name]` the rest of the path, `[[...name]]` the rest or nothing.
 */

const fs = require('node:fs');
const path = require('node:path');

const EXTENSIONS = ['.tsx', '.jsx', '.ts', '.mjs', '.cjs', '.js'];
/** In the order in which they are tried. */
const KINDS = /** @type {const} */ (['exact', 'dynamic', 'catch-all', 'optional-catch-all']);
const [EXACT, DYNAMIC, CATCH_ALL, OPTIONAL] = KINDS;

/**
 * @typedef {{ text: string, param?: string }} Segment a literal, or the name of what stands there
 * @typedef {{ name: string, file: string, source: string, kind: typeof KINDS[number], segments: Segment[] }} Route
 */

class RouteTable {
  /** @type {Route[]} */
  routes;
  /** @type {Map<string, Route>} */
  #exact = new Map();
  /** @type {Route[]} */
  #dynamic;

  /**
   * @param {string} directory an absolute path
   * @param {string[]} extensions with their period; empty for those of scripts
   * @throws a `BuildMessage`, or an `AggregateError` of several; an `Error` when there is no such directory
   */
  constructor(directory, extensions) {
    const found = new Collector(directory, extensions.length > 0 ? extensions : EXTENSIONS).collect();
    this.routes = found.sort(compare);
    this.#dynamic = this.routes.filter(({ kind }) => kind !== EXACT);
    for (const route of this.routes) {
      if (route.kind !== EXACT) continue;
      this.#exact.set(route.name, route);
      if (!this.#exact.has(route.name.toLowerCase())) this.#exact.set(route.name.toLowerCase(), route);
    }
  }

  /** @param {string} pathname decoded @returns {{ route: Route, params: [string, string][] } | undefined} */
  match(pathname) {
    if (!pathname.startsWith('/')) return undefined;
    let plain = pathname.replace(/^\/+|\/+$/g, '');
    if (plain === 'index') plain = '';
    else if (plain.endsWith('/index')) plain = plain.slice(0, -'/index'.length);
    const exact = this.#exact.get(`/${plain}`);
    if (exact) return { route: exact, params: [] };
    const parts = plain === '' ? [] : plain.split('/');
    for (const route of this.#dynamic) {
      const params = bind(route, parts);
      if (params) return { route, params };
    }
    return undefined;
  }
}

/** @param {Route} route @param {string[]} parts of a path @returns {[string, string][] | undefined} */
function bind({ segments, kind }, parts) {
  const rest = kind === DYNAMIC ? undefined : segments.length - 1;
  if (rest === undefined ? parts.length !== segments.length : parts.length < rest + (kind === CATCH_ALL ? 1 : 0))
    return undefined;
  /** @type {[string, string][]} */
  const params = [];
  for (const [i, { text, param }] of segments.entries()) {
    if (i === rest) {
      if (parts.length > i) params.push([String(param), parts.slice(i).join('/')]);
    } else if (param !== undefined) {
      if (parts[i] === '') return undefined;
      params.push([param, parts[i]]);
    } else if (parts[i] !== text && parts[i] !== text.toLowerCase()) return undefined;
  }
  return params;
}

class Collector {
  #directory;
  #extensions;
  /** @type {Map<string, Route>} */
  #routes = new Map();
  /** @type {string[]} */
  #failures = [];

  /** @param {string} directory @param {string[]} extensions */
  constructor(directory, extensions) {
    this.#directory = directory;
    this.#extensions = extensions;
  }

  collect() {
    if (!fs.statSync(this.#directory, { throwIfNoEntry: false })?.isDirectory())
      throw new Error(`Unable to find directory: ${this.#directory}`);
    this.#enter(this.#directory, '', []);
    if (this.#failures.length > 0) throw failure(this.#failures);
    return [...this.#routes.values()];
  }

  /** @param {string} directory @param {string} prefix @param {string[]} above the real directories on the way, against circles */
  #enter(directory, prefix, above) {
    const real = fs.realpathSync(directory);
    if (above.includes(real)) return;
    for (const entry of fs.readdirSync(directory, { withFileTypes: true }).sort(byName)) {
      if (entry.name.startsWith('.')) continue;
      const full = path.join(directory, entry.name);
      const stats = entry.isSymbolicLink() ? fs.statSync(full, { throwIfNoEntry: false }) : entry;
      if (stats?.isDirectory()) {
        if (entry.name !== 'node_modules') this.#enter(full, `${prefix}/${entry.name}`, [...above, real]);
      } else if (stats?.isFile()) {
        this.#add(`${prefix}/${entry.name}`, entry.isSymbolicLink() ? fs.realpathSync(full) : full);
      }
    }
  }

  /** @param {string} source the path below the directory @param {string} file */
  #add(source, file) {
    const extension = path.extname(source);
    if (!this.#extensions.includes(extension)) return;
    const plain = source.slice(0, -extension.length);
    const name = plain === '/index' ? '/' : plain.replace(/\/index$/, '');
    const parsed = parse(name);
    if (typeof parsed === 'string') {
      this.#failures.push(parsed);
      return;
    }
    const key = name.toLowerCase();
    const same = this.#routes.get(key);
    if (same) this.#failures.push(`Route ${JSON.stringify(name)} is already defined by ${same.file}`);
    else this.#routes.set(key, { name, file, source: source.slice(1), ...parsed });
  }
}

/** @param {{ name: string }} one @param {{ name: string }} other */
const byName = (one, other) => (one.name < other.name ? -1 : 1);

/** @param {string[]} messages */
function failure(messages) {
  const { buildMessage } = require('../loader/messages');
  const errors = messages.map((message) => buildMessage(message));
  return errors.length === 1 ? errors[0] : new AggregateError(errors, 'loading routes');
}

/** @param {string} name @returns {{ kind: Route['kind'], segments: Segment[] } | string} what is wrong with it */
function parse(name) {
  // U+FFFD stands for bytes that are no text; those Bun lets pass.
  if (/[^\0-\x7f\ufffd]/.test(name)) return 'Route name must be plaintext';
  const parts = name === '/' ? [] : name.slice(1).split('/');
  /** @type {Segment[]} */
  const segments = [];
  /** @type {Route['kind']} */
  let kind = EXACT;
  for (const [i, part] of parts.entries()) {
    if (!part.includes('[')) {
      segments.push({ text: part });
      continue;
    }
    const wrong = fault(part, i === parts.length - 1);
    if (wrong) return wrong;
    const [, optional, dots, param] = /^(\[?)\[(\.{3})?([^[\]]+)\]+$/.exec(part) ?? [];
    segments.push({ text: part, param });
    if (dots) kind = optional ? OPTIONAL : CATCH_ALL;
    else if (kind === EXACT) kind = DYNAMIC;
  }
  return { kind, segments };
}

/** @param {string} part with a bracket @param {boolean} last @returns {string | undefined} */
function fault(part, last) {
  const open = part.slice(part.indexOf('['));
  const optional = open.startsWith('[[');
  const inside = open.slice(optional ? 2 : 1);
  const close = inside.indexOf(optional ? ']]' : ']');
  if (close < 0) return 'Route is missing a closing bracket]';
  const name = inside.slice(0, close);
  if (optional && !name.startsWith('...')) return 'Invalid optional catch-all route, e.g. should be [[...param]]';
  if (name === '') return 'Invalid dynamic route';
  if (!name.startsWith('.')) return undefined;
  if (!name.startsWith('...')) return 'Invalid catch-all route, e.g. should be [...param]';
  if (name === '...') return 'Route is missing a closing bracket]';
  const end = close + (optional ? 2 : 1);
  return last && end === inside.length ? undefined : 'Catch-all route must be at the end of the path';
}

/** By kind, then by name without case, segments that stand for something last; the index ends what is exact. @param {Route} one @param {Route} other */
function compare(one, other) {
  const kinds = KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind);
  if (kinds !== 0) return kinds;
  if (one.name === '/' || other.name === '/') return one.name === '/' ? 1 : -1;
  const [a, b] = [one, other].map(({ name }) => name.toLowerCase().replaceAll('[', '\uffff'));
  return a < b ? -1 : a > b ? 1 : 0;
}

module.exports = { RouteTable };
