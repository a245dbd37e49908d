'use strict';

/**
 * The last touches to a file of a bundle: `require` of ES modules, source maps.
 */

/** The engine's own `require`, which throws in ES modules: as it is printed, and minified. */
const requireHelper = /=\s*(?:\/\* @__PURE__ \*\/ )?\(\(?x(?:\)| )? ?=> ?typeof require|=\s*\((\w+)=>typeof require</;

/**
 * @param {import('./outputs').Output} output
 * @param {import('./config').Settings} settings
 */
function finish(output, settings) {
  if (output.kind !== 'asset') giveRequire(output, settings);
  if (output.map) attachMap(output, output.map, settings);
}

/** @param {import('./outputs').Output} output @param {import('./config').Settings} settings */
function giveRequire(output, { target, format }) {
  if (target === 'browser' || format !== 'esm') return;
  if (!output.bytes.includes('typeof require') || !requireHelper.test(output.bytes.toString('latin1'))) return;
  const line =
    'import { createRequire as __createRequire } from "node:module"; var require = __createRequire(import.meta.url);\n';
  const at = afterHead(output.bytes);
  output.bytes = Buffer.concat([output.bytes.subarray(0, at), Buffer.from(line), output.bytes.subarray(at)]);
  if (output.map) output.map.bytes = shifted(output.map.bytes, 1);
}

/** Where the code starts: after the lines of comments that have to stand first. @param {Buffer} bytes */
function afterHead(bytes) {
  const [head] = /^(?:#!.*\n)?(?:\/\/ @bun.*\n)?/.exec(bytes.subarray(0, 4096).toString('latin1')) ?? [''];
  return head.length;
}

/** @param {Buffer} map @param {number} lines that stand before what it maps */
function shifted(map, lines) {
  return edited(map, '\n  "mappings": "', (text) => text + ';'.repeat(lines));
}

/** @param {Buffer} map @param {string} before a member of the map's text, on a line of its own @param {(found: string) => string} change */
function edited(map, before, change) {
  const at = map.lastIndexOf(before);
  return Buffer.concat([
    map.subarray(0, at),
    Buffer.from(change(before)),
    map.subarray(at + Buffer.byteLength(before)),
  ]);
}

/**
 * @param {import('./outputs').Output} output
 * @param {import('./outputs').Output} map
 * @param {import('./config').Settings} settings
 */
function attachMap(output, map, { sourcemap, publicPath }) {
  const id = `${Buffer.from(output.about.digest, 'base64').toString('hex').toUpperCase().slice(0, 16)}64756E2164756E21`;
  map.bytes = edited(map.bytes, '\n  "names": ', (text) => `\n  "debugId": "${id}",${text}`);
  const comments = [`\n//# debugId=${id}`];
  if (sourcemap === 'linked') {
    const url = publicPath ? publicPath + map.name : map.name.slice(map.name.lastIndexOf('/') + 1);
    comments.push(`//# sourceMappingURL=${url}`);
  }
  if (sourcemap === 'inline') {
    comments.push(`//# sourceMappingURL=data:application/json;base64,${map.bytes.toString('base64')}`);
    output.map = undefined;
  }
  output.bytes = Buffer.concat([output.bytes, Buffer.from(`${comments.join('\n')}\n`)]);
}

module.exports = { finish };
