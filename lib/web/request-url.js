'use strict';

/** The URL of a served request: put together as it is, parsed only when a parser would change it. */

/** What a URL parser would change in a path or query: characters it encodes, dot segments. */
const changed = /[^!$-&(-;=?-[\]_a-z|~]|\/\.|%2e/i;

/** `scheme://host` as a URL parser would write it, by scheme and host; '' for what it refuses. */
const origins = new Map();
const MOST_ORIGINS = 1024;

/** @param {string} scheme @param {string} host @returns {string} */
function originOf(scheme, host) {
  const given = `${scheme}://${host}`;
  let origin = origins.get(given);
  if (origin === undefined) {
    origin = host !== '' && URL.canParse(given) ? new URL(given).origin : '';
    if (origins.size < MOST_ORIGINS) origins.set(given, origin);
  }
  return origin;
}

/** The last origin of a served request, its scheme, and the line of the head that it was made of. */
let lastOrigin = '';
let lastScheme = '';
let lastLine = '';

/**
 * The URL of a request in a text that has its target, and its head from the end of the target on. Most requests come for
 * the same host as the one before, and say so first.
 *
 * @param {string} scheme
 * @param {string} text
 * @param {number} start of the target
 * @param {number} end of the target
 * @param {() => string} hostOf
 * @returns {string}
 */
function urlIn(scheme, text, start, end, hostOf) {
  const target = text.slice(start, end);
  if (lastOrigin !== '' && scheme === lastScheme && text.startsWith(lastLine, end)) return join(lastOrigin, target);
  const host = hostOf();
  const line = `\nhost:${host}\n`;
  if (text.startsWith(line, end)) {
    lastOrigin = originOf(scheme, host);
    lastScheme = scheme;
    lastLine = line;
  }
  return absolute(scheme, host, target);
}

/** The URL of a request. A target that no URL can be made of is given as it is, like in Bun. */
function absolute(/** @type {string} */ scheme, /** @type {string} */ host, /** @type {string} */ target) {
  const origin = originOf(scheme, host);
  return origin === '' ? target : join(origin, target);
}

/** @param {string} origin @param {string} target @returns {string} */
function join(origin, target) {
  if (!changed.test(target) && target.charCodeAt(0) === 47) return origin + target;
  return URL.canParse(origin + target) ? new URL(origin + target).href : target;
}

module.exports = { urlIn };
