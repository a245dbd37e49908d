'use strict';

/**
 * `--hot`: when a file that the program loaded changes, its modules run again in the same process. `globalThis`
 * and connections stay; `Bun.serve` for an address that is served already replaces the handlers there.
 * Modules of packages are not run again.
 *
 * @see bun-types/docs/runtime/watch-mode.mdx "--hot"
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { FileWatcher, clearScreen } = require('./watch');

/** How often it is looked for files that were loaded since. */
const INTERVAL = 100;

/**
 * Where both threads of the loader tell which files they load: a file without a name, as a pipe is only had with
 * another process.
 */
class LoadedFiles {
  #read = 0;
  #rest = '';
  /** @type {Set<string>} */
  all = new Set();

  constructor() {
    const name = path.join(os.tmpdir(), `dx-compat-hot-${process.pid}-${Date.now()}`);
    this.descriptor = fs.openSync(name, 'ax+', 0o600);
    fs.unlinkSync(name);
  }

  /** @returns {string[]} those of the program that were not known */
  take() {
    const { size } = fs.fstatSync(this.descriptor);
    if (size === this.#read) return [];
    const bytes = Buffer.alloc(size - this.#read);
    this.#read += fs.readSync(this.descriptor, bytes, 0, bytes.length, this.#read);
    const lines = (this.#rest + bytes.toString()).split('\n');
    this.#rest = /** @type {string} */ (lines.pop());
    const fresh = lines.filter((file) => !this.all.has(file) && !isOfPackage(file));
    for (const file of fresh) this.all.add(file);
    return fresh;
  }
}

/** @param {string} file */
function isOfPackage(file) {
  return file.includes(`${path.sep}node_modules${path.sep}`);
}

/** @type {LoadedFiles | undefined} */
let loaded;

/** @returns {number} where the loader is to report */
function reportTo() {
  loaded ??= new LoadedFiles();
  return loaded.descriptor;
}

/**
 * @param {string} entry absolute
 * @param {Record<string, any>} flags
 */
async function runHot(entry, flags) {
  const files = /** @type {LoadedFiles} */ (loaded);
  const { runEntry } = require('./entry');
  const watcher = new FileWatcher(reload);
  const look = () => {
    for (const file of files.take()) watcher.add(file);
  };
  files.all.add(entry);
  watcher.add(entry);
  setInterval(look, INTERVAL); // keeps the process, too
  await runEntry(entry);
  look();

  function reload() {
    look();
    clearScreen(flags);
    require('../loader/run-again').runAgain(files.all);
    void runEntry(entry);
  }
}

module.exports = { reportTo, runHot };
