'use strict';

/**
 * The `routes` of a server: exact paths in a map, patterns in a tree of segments.
 *
 * @see node_modules/bun-types/docs/runtime/http/routing.mdx
 */

const { codeError, ERR_OPTION_UNSUPPORTED } = require('../../internal/errors');
const { isResponse } = require('../../web/response');
const { staticRoute, fileRoute, nativeRoute, methodBit, EVERY_METHOD, THROUGH } = require('./static-route');
const { Names, Node, match, handlerFor } = require('./route-tree');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

const EXPECTS = `'routes' expects a Record<string, Response | HTMLBundle | {[method: string]: (req: BunRequest) => Response|Promise<Response>}>

To bundle frontend apps on-demand with Bun.serve(), import HTML files.

Example:

\`\`\`js
import { serve } from "bun";
import app from "./app.html";

serve({
  routes: {
    "/index.json": Response.json({ message: "Hello World" }),
    "/app": app,
    "/path/:param": (req) => {
      const param = req.params.param;
      return Response.json({ message: \`Hello \${param}\` });
    },
    "/path": {
      GET(req) {
        return Response.json({ message: "Hello World" });
      },
      POST(req) {
        return Response.json({ message: "Hello World" });
      },
    },
  },

  fetch(request) {
    return new Response("fallback response");
  },
});
\`\`\`

See https://bun.com/docs/api/http for more information.`;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** @typedef {import('./route-tree').Handler} Handler */
/** @typedef {import('./route-tree').Route} Route */

/** A path that falls through to `fetch`. @type {Handler} */
const through = () => THROUGH;

class Router {
  /** @type {Names<Route>} */
  #exact = new Names();
  #root = new Node();
  #hasPatterns = false;
  /** What the engine answers by itself. @type {import('./static-route').Native[]} */
  natives = [];

  /** @param {Record<string, any>} routes */
  constructor(routes) {
    for (const path of Object.keys(routes)) {
      const value = routes[path];
      if (value === undefined) continue;
      if (path === '') continue;
      if (!path.startsWith('/'))
        throw ERR_INVALID_ARG_TYPE(`Invalid route ${JSON.stringify(path)}. Path must start with '/'`);
      this.#add(path, value);
    }
  }

  /** @param {string} path @param {any} value */
  #add(path, value) {
    const route = { ...handlersOf(path, value), paramsOf: paramsMaker(namesOf(path)) };
    const segments = path.split('/').slice(1);
    if (!segments.some((segment) => segment.startsWith(':') || segment === '*')) {
      this.#exact.set(path, route);
      this.#addNatives(path, value, route);
      return;
    }
    this.#hasPatterns = true;
    let node = this.#root;
    for (const [index, segment] of segments.entries()) {
      if (segment === '*' && index === segments.length - 1) {
        node.wildcard = route;
        return;
      }
      if (segment.startsWith(':')) {
        node = node.parameter ??= new Node();
      } else {
        let child = node.children.get(segment);
        if (child === undefined) node.children.set(segment, (child = new Node()));
        node = child;
      }
    }
    node.route = route;
  }

  /** @param {string} path @param {any} value @param {Route} route */
  #addNatives(path, value, route) {
    const single = route.any !== null;
    const given = single ? [[EVERY_METHOD, value]] : METHODS.map((method) => [methodBit(method), value[method]]);
    // HEAD of its own goes before the one of GET.
    if (!single && value.HEAD !== undefined)
      given.sort(([a], [b]) => Number(a !== methodBit('HEAD')) - Number(b !== methodBit('HEAD')));
    if (!single && typeof value.HEAD === 'function') return;
    for (const [methods, each] of given) {
      if (typeof each !== 'object' || each === null) continue;
      const native = nativeRoute(path, methods, each);
      if (native !== null) this.natives.push(native);
    }
  }

  /**
   * Finds the route of a request; {@link handlerFor} gives its handler.
   *
   * @param {string} method
   * @param {string} text has the path in it as the client sent it
   * @param {number} start of the path
   * @param {number} end of the path, or of the query behind it
   * @param {string[]} values takes those of the parameters
   * @returns {Route | null}
   */
  find(method, text, start, end, values) {
    let pathEnd = start;
    while (pathEnd < end && text.charCodeAt(pathEnd) !== QUERY) pathEnd++;
    const exact = this.#exact.at(text, start, pathEnd);
    if (exact !== undefined && handlerFor(exact, method) !== null) return exact;
    if (!this.#hasPatterns || text.charCodeAt(start) !== SLASH) return null;
    return match(this.#root, text, start + 1, pathEnd, method, values);
  }
}

const SLASH = 47;
const QUERY = 63;
const PERCENT = 37;
const FIRST_NON_ASCII = 0x80;

/** @param {string} path @returns {string[]} the names of the parameters, in order */
function namesOf(path) {
  const names = [];
  for (const segment of path.split('/')) {
    if (!segment.startsWith(':')) continue;
    const name = segment.slice(1);
    const unsupported = 'If you run into this, please file an issue and we will add support for it.';
    if (/^\d/.test(name)) throw new Error(`Route parameter names cannot start with a number.\n\n${unsupported}`);
    if (name !== '' && names.includes(name)) {
      throw new Error(`Support for duplicate route parameter names is not yet implemented.\n\n${unsupported}`);
    }
    names.push(name);
  }
  return names;
}

/**
 * Makes the `params` of a route: objects of one shape, which have nothing but the parameters, as in Bun.
 *
 * @param {string[]} names
 * @returns {Route['paramsOf']}
 */
function paramsMaker(names) {
  const Params = /** @type {any} */ (function RequestParams() {});
  Params.prototype = Object.create(null);
  return (values) => {
    const params = new Params();
    for (let at = 0; at < names.length; at++) if (names[at] !== '') params[names[at]] = decode(values[at]);
    return params;
  };
}

/** @param {string} path @param {any} value @returns {{ any: Handler | null, methods: Map<string, Handler> | null }} */
function handlersOf(path, value) {
  const single = handlerOf(value);
  if (single !== null) return { any: single, methods: null };
  if (value === null || typeof value !== 'object') throw ERR_INVALID_ARG_TYPE(EXPECTS);
  if (value.dir != null) return { any: require('./directory-route').directoryRoute(path, value), methods: null };
  if (typeof value.index === 'string') throw ERR_OPTION_UNSUPPORTED('Bun.serve', `routes[${JSON.stringify(path)}]`);
  const methods = new Map();
  for (const method of METHODS) {
    if (value[method] === undefined) continue;
    const handler = handlerOf(value[method]);
    if (handler === null) throw ERR_INVALID_ARG_TYPE(EXPECTS);
    methods.set(method, handler);
  }
  if (methods.size === 0) throw ERR_INVALID_ARG_TYPE(EXPECTS);
  return { any: null, methods };
}

/** @param {any} value @returns {Handler | null} */
function handlerOf(value) {
  if (typeof value === 'function') return value;
  if (value === false) return through;
  if (isResponse(value)) return staticRoute(value);
  if (value instanceof Blob || value?.[Symbol.toStringTag] === 'Blob') return fileRoute(value);
  return null;
}

/** Percent-decodes a parameter; what is no UTF-8 becomes U+FFFD. @param {string} text */
function decode(text) {
  if (!isCoded(text)) return text;
  const raw = nonAscii.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw.replace(/(?:%[0-9a-f]{2})+|%.{0,2}/gi, (run) =>
      /^(?:%[0-9a-f]{2})+$/i.test(run) ? Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8') : '\uFFFD',
    );
  }
}
const nonAscii = /[\x80-\xff]/;

/** Most values are short: a regular expression costs more than looking at them. @param {string} text */
function isCoded(text) {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === PERCENT || unit >= FIRST_NON_ASCII) return true;
  }
  return false;
}

module.exports = { Router, handlerFor };
