'use strict';

/**
 * What servers say of HTTP/3 in `Alt-Svc`, if the program has asked for it (`--experimental-http3-fetch`): the next
 * request to the same origin goes there.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7838
 */

const runtime = require('../../internal/runtime');

/** Seconds for which an alternative without `ma` holds. */
const DAY = 86_400;

/** @type {Map<string, { port: number, until: number }>} */
const alternatives = new Map();

function isHonoured() {
  return runtime.http3 || /^(?:1|true)$/.test(process.env.BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP3_CLIENT ?? '');
}

/** @param {URL} url @param {string | null} value of the header */
function note(url, value) {
  if (value === null || url.protocol !== 'https:' || !isHonoured()) return;
  if (value.trim() === 'clear') return void alternatives.delete(url.origin);
  for (const entry of value.split(',')) {
    // Another host would have to prove that it may speak for this one: not looked at.
    const port = /^\s*h3=":(\d+)"/.exec(entry)?.[1];
    if (port === undefined) continue;
    const age = Number(/;\s*ma=(\d+)/.exec(entry)?.[1] ?? DAY);
    return void alternatives.set(url.origin, { port: Number(port), until: Date.now() + age * 1000 });
  }
}

/** @param {URL} url @returns {number | undefined} the port that speaks HTTP/3 */
function portOf(url) {
  const known = alternatives.get(url.origin);
  if (known === undefined || !isHonoured()) return undefined;
  if (known.until > Date.now()) return known.port;
  alternatives.delete(url.origin);
  return undefined;
}

/** The alternative did not hold what it promised. @param {URL} url */
function forget(url) {
  alternatives.delete(url.origin);
}

module.exports = { note, portOf, forget };
