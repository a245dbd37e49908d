'use strict';

/** What `verbose` prints of an exchange, on standard error. */

/** @param {string} text */
const quoted = (text) => `"${text.replace(/["\\$`]/g, '\\$&')}"`;

/** @param {string} method @param {URL} url @param {string[][]} headers @param {unknown} how `true` or `'curl'` */
function request(method, url, headers, how) {
  let text = '';
  if (how === 'curl') {
    const parts = ['curl --http1.1', quoted(url.href), ...(method === 'GET' ? [] : [`-X ${method}`])];
    for (const [name, value] of headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
    text += `[fetch] $ ${parts.join(' ')}\n`;
  }
  text += `[fetch] > HTTP/1.1 ${method} ${url.href}\n`;
  for (const [name, value] of headers) text += `[fetch] > ${name}: ${value}\n`;
  process.stderr.write(`${text}\n`);
}

/** @param {number} status @param {string} statusText @param {string[]} raw names and values by turns */
function response(status, statusText, raw) {
  let text = `[fetch] < ${status} ${statusText}\n`;
  for (let at = 0; at < raw.length; at += 2) text += `[fetch] < ${raw[at]}: ${raw[at + 1]}\n`;
  process.stderr.write(`${text}\n`);
}

module.exports = { request, response };
