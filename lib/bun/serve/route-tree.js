'use strict';

/** Where the path of a request leads: looked up in the text that has it, without cutting it out. */

/** @typedef {(request: any, server: any) => any} Handler */
/**
 * @typedef {{ any: Handler | null, methods: Map<string, Handler> | null, paramsOf: (values: string[]) => Record<string, string> }} Route
 */

/** Up to so many names are compared one by one, which is faster than cutting a string out and hashing it. */
const FEW = 8;

/** Values by names, looked up by a stretch of a text. @template T */
class Names {
  /** @type {string[]} */
  #names = [];
  /** @type {T[]} */
  #values = [];
  /** @type {Map<string, T>} */
  #all = new Map();

  /** @param {string} name @returns {T | undefined} */
  get(name) {
    return this.#all.get(name);
  }

  /** @param {string} name @param {T} value */
  set(name, value) {
    if (!this.#all.has(name)) this.#names.push(name);
    this.#all.set(name, value);
    this.#values = this.#names.map((each) => /** @type {T} */ (this.#all.get(each)));
  }

  /** @param {string} text @param {number} start @param {number} end @returns {T | undefined} */
  at(text, start, end) {
    const names = this.#names;
    if (names.length > FEW) return this.#all.get(text.slice(start, end));
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (name.length === end - start && text.startsWith(name, start)) return this.#values[index];
    }
    return undefined;
  }
}

class Node {
  /** @type {Names<Node>} */
  children = new Names();
  /** @type {Node | null} */
  parameter = null;
  /** @type {Route | null} */
  wildcard = null;
  /** @type {Route | null} */
  route = null;
}

const SLASH = 47;

/**
 * Static segments win over parameters, these over wildcards; a dead end goes back.
 *
 * @param {Node} node
 * @param {string} text
 * @param {number} at where the segment begins; behind the end of the path when there is none left
 * @param {number} end of the path
 * @param {string} method
 * @param {string[]} values of the parameters on the way
 * @returns {Route | null}
 */
function match(node, text, at, end, method, values) {
  if (at > end) return usable(node.route, method);
  let stop = at;
  while (stop < end && text.charCodeAt(stop) !== SLASH) stop++;
  const child = node.children.at(text, at, stop);
  if (child !== undefined) {
    const found = match(child, text, stop + 1, end, method, values);
    if (found !== null) return found;
  }
  if (node.parameter !== null && stop > at) {
    values.push(text.slice(at, stop));
    const found = match(node.parameter, text, stop + 1, end, method, values);
    if (found !== null) return found;
    values.pop();
  }
  return usable(node.wildcard, method);
}

/** @param {Route | null} route @param {string} method */
function usable(route, method) {
  return route !== null && handlerFor(route, method) !== null ? route : null;
}

/** @param {Route} route @param {string} method @returns {Handler | null} */
function handlerFor(route, method) {
  if (route.any !== null) return route.any;
  const methods = /** @type {Map<string, Handler>} */ (route.methods);
  return methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined) ?? null;
}

module.exports = { Names, Node, match, handlerFor };
