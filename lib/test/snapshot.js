'use strict';

/**
 * Snapshot files, `__snapshots__/<test file>.snap`, in Bun's form.
 *
 * @see https://bun.com/docs/test/snapshots
 */

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const state = require('./state');

const header = '// Bun Snapshot v1, https://bun.sh/docs/test/snapshots\n';

class SnapshotFile {
  /** @param {string} testFile */
  constructor(testFile) {
    this.path = path.join(path.dirname(testFile), '__snapshots__', `${path.basename(testFile)}.snap`);
    /** @type {Map<string, number>} test name -> how many snapshots it has taken */
    this.counts = new Map();
    this.changed = false;
    this.existed = fs.existsSync(this.path);
    /** @type {Map<string, string>} */
    this.entries = state.options.updateSnapshots ? new Map() : this.read();
  }

  /** @returns {Map<string, string>} */
  read() {
    if (!this.existed) return new Map();
    const exports = Object.create(null);
    const source = fs.readFileSync(this.path, 'utf8');
    try {
      vm.runInNewContext(source, { exports }, { filename: this.path });
    } catch (error) {
      throw new Error(`Failed to parse snapshot file: ${this.path}\n${/** @type {Error} */ (error).message}`);
    }
    return new Map(Object.entries(exports).map(([name, value]) => [name, String(value)]));
  }

  /** @param {string} name of the test, with the hint @returns {string} the key of its next snapshot */
  next(name) {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return `${name} ${count}`;
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    this.entries.set(key, value);
    this.changed = true;
  }

  save() {
    if (!this.changed) return;
    fs.mkdirSync(path.dirname(this.path), { recursive: true });
    const text = [...this.entries]
      .map(([key, value]) => `\nexports[\`${escapeTemplate(key)}\`] = \`${escapeTemplate(value)}\`;\n`)
      .join('');
    const unfinished = `${this.path}.${process.pid}`;
    fs.writeFileSync(unfinished, header + text);
    fs.renameSync(unfinished, this.path);
  }
}

/** Writes text between back-ticks as Bun does. @param {string} text */
function escapeTemplate(text) {
  return text
    .replaceAll(/[\\`]|\$\{/g, '\\$&')
    .replaceAll(
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g,
      (c) => `\\x${/** @type {number} */ (c.codePointAt(0)).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .replaceAll(/[\u2028\u2029]/g, (c) => `\\u${/** @type {number} */ (c.codePointAt(0)).toString(16)}`);
}

/** @type {SnapshotFile | null} */
let current = null;

/** @returns {SnapshotFile} */
function snapshotFile() {
  return (current ??= new SnapshotFile(state.file));
}

/** Writes what the tests of the file added, in the snapshot file and in the source. */
function save() {
  current?.save();
  require('./inline-snapshot').save();
}

module.exports = { snapshotFile, save, escapeTemplate };
