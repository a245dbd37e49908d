'use strict';

/**
 * Gives the engine's files the names and hashes that Bun would give them, and puts the names into
 * the files that refer to them.
 */

const { createHash } = require('node:crypto');
const path = require('node:path');
const { applied, findHash, respell, spell } = require('./naming');

/**
 * @param {import('./outputs').Output[]} outputs
 * @param {import('./config').Settings} settings
 */
function rename(outputs, { naming }) {
  /** @type {Map<string, string>} base name of the engine's -> ours */
  const renamed = new Map();
  for (const output of outputs) {
    if (output.kind === 'sourcemap') continue;
    const name = newName(output, naming);
    if (name === output.name) continue;
    if (output.hash.length > 0) renamed.set(baseName(output.name), baseName(name));
    output.name = name;
  }
  for (const { map, name } of outputs) {
    if (!map) continue;
    map.name = `${name}.map`;
    map.hash = '00000000';
  }
  if (renamed.size) for (const output of outputs) if (isText(output)) output.bytes = replaced(output.bytes, renamed);
  return outputs;
}

/** @param {import('./outputs').Output} output @param {import('./naming').Naming} naming */
function templateOf({ kind, key }, naming) {
  if (kind === 'chunk') return naming.chunk;
  return kind === 'entry-point' || key.endsWith('.css') ? naming.entry : naming.asset;
}

/** @param {import('./outputs').Output} output gets its hash @param {import('./naming').Naming} naming */
function newName(output, naming) {
  const { name } = output;
  if (isOfPage(output)) return nameOfPage(output, naming);
  const template = templateOf(output, naming);
  const found = findHash(name, template);
  output.hash = found ? respell(found.hash, template.hash) : spell(Buffer.from(output.hash, 'base64')).slice(0, 8);
  const hashed = found ? name.slice(0, found.index) + output.hash + name.slice(found.index + template.hash) : name;
  return template.extension === undefined ? hashed : hashed.replace(/\.[^./]+$/, template.extension);
}

/** The script of a page and its style sheet have the page's loader. @param {import('./outputs').Output} output */
function isOfPage({ loader, kind }) {
  return loader === 'html' && kind !== 'sourcemap';
}

/** They are called as chunks are. @param {import('./outputs').Output} output gets its hash @param {import('./naming').Naming} naming */
function nameOfPage(output, { chunk }) {
  const { about, owner = about.entryPoint, key } = output;
  // Of the page's name, too: pages without a script would share theirs.
  const digest = spell(createHash('sha1').update(output.hash).update(owner).digest());
  output.hash = digest.slice(0, chunk.hash || 8);
  const { name } = path.posix.parse(owner);
  return applied(chunk, { dir: '', name, ext: key.endsWith('.css') ? 'css' : 'js', hash: output.hash });
}

/** @param {import('./outputs').Output} output */
function isText({ kind, key }) {
  return kind === 'entry-point' || kind === 'chunk' || key.endsWith('.css');
}

/** @param {Buffer} bytes @param {Map<string, string>} renamed */
function replaced(bytes, renamed) {
  const names = [...renamed.keys()].map((name) => encoded(name).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const text = bytes.toString('latin1');
  const changed = text.replace(new RegExp(names.join('|'), 'g'), (name) =>
    encoded(renamed.get(Buffer.from(name, 'latin1').toString()) ?? name),
  );
  return changed === text ? bytes : Buffer.from(changed, 'latin1');
}

/** Bytes as characters, so that a file need not be read as UTF-8 and written again. @param {string} name */
function encoded(name) {
  return Buffer.from(name).toString('latin1');
}

/** @param {string} name */
function baseName(name) {
  return name.slice(name.lastIndexOf('/') + 1);
}

module.exports = { rename };
