'use strict';

/**
 * `require` of ES modules that import each other in a cycle, on Node < 22.15.
 *
 * `require-linked.js` loads what a module imports before the module, which no order allows here. Node can
 * link them itself if it finds each in a file that it reads as JavaScript. So they lie, emitted and linked,
 * in a folder of their own as long as the process runs (Node looks whether a file is there whenever one is
 * imported); whoever imports the sources gets the modules of these files.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const engine = require('./engine');
const { resolve } = require('./resolve');
const { peekScript, takeScript, isPublished } = require('./load');
const { isOwnFile } = require('./own-files');
const standIns = require('./stand-ins');

/** @type {Map<string, Cycle | undefined>} file -> the cycle that it is in */
const known = new Map();

/** @type {string | undefined} */
let folder;
let files = 0;

/** A file that Node reads as an ES module. */
function newFile() {
  if (folder === undefined) {
    const made = (folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'dx-compat-modules-')));
    process.once('exit', () => fs.rmSync(made, { recursive: true, force: true }));
  }
  return path.join(folder, `${++files}.mjs`);
}

class Cycle {
  /** @type {Map<string, string>} what is yet to be written, and where */
  #missing = new Map();
  #ready = false;

  /** @param {string[]} files */
  constructor(files) {
    this.files = files;
  }

  /** What `require` of one of them gives. @param {string} file */
  exportsOf(file) {
    if (!this.#ready) this.#write(file);
    return require('./required-module').requiredFrom(/** @type {string} */ (standIns.urlFor(file)), file);
  }

  /** @param {string} first */
  #write(first) {
    for (const file of this.files) {
      const target = newFile();
      this.#missing.set(file, target);
      standIns.add(file, pathToFileURL(target).href);
    }
    try {
      this.write(first);
      this.#ready = true;
    } catch (error) {
      for (const file of this.files) standIns.remove(file); // another attempt starts anew
      throw error;
    } finally {
      this.#missing.clear();
    }
  }

  /** Writes a file after those that it imports; what is not of the cycle is loaded on the way. @param {string} file */
  write(file) {
    const target = this.#missing.get(file);
    if (target === undefined) return;
    this.#missing.delete(file);
    const { code } = /** @type {import('./load').Script} */ (takeScript(file));
    const linked = require('./require-linked').link(code, file);
    const own = linked.includes('import.meta') ? `import.meta.url=${JSON.stringify(pathToFileURL(file).href)};` : '';
    fs.writeFileSync(target, own + linked);
  }
}

/**
 * @param {string} filename an ES module about to be loaded
 * @returns {Cycle | undefined} the cycle that it is in
 */
function cycleOf(filename) {
  if (!known.has(filename)) explore(filename);
  return known.get(filename);
}

/** Writes a file of a cycle that is being written. @param {string} file */
function writeIfOpen(file) {
  known.get(file)?.write(file);
}

/** Finds the cycles among what a module imports: Tarjan's strongly connected components. @param {string} start */
function explore(start) {
  /** @type {Map<string, number>} */
  const indices = new Map();
  /** @type {string[]} */
  const stack = [];
  const visit = (/** @type {string} */ file) => {
    const index = indices.size;
    let lowest = index;
    indices.set(file, index);
    stack.push(file);
    for (const next of importedBy(file)) {
      if (known.has(next)) continue;
      const seen = indices.get(next);
      lowest = Math.min(lowest, seen ?? visit(next));
    }
    if (lowest < index) return lowest;
    const files = stack.splice(stack.lastIndexOf(file));
    const cycle = files.length > 1 ? new Cycle(files) : undefined;
    for (const name of files) known.set(name, cycle);
    return lowest;
  };
  visit(start);
}

/** The ES modules of the program that a module imports. @param {string} file @returns {string[]} */
function importedBy(file) {
  const found = new Set();
  for (const { specifier, loader } of engine.binding().moduleImports(peekScript(file)?.code ?? '')) {
    const target = loader === undefined ? resolve(specifier, file, false) : undefined;
    if (target?.kind === 'file' && isModule(target.path)) found.add(target.path);
  }
  return [...found];
}

/** @param {string} file */
function isModule(file) {
  if (isPublished(file) || isOwnFile(file) || require('./mock').mocked(file) !== undefined) return false;
  try {
    return peekScript(file)?.esm === true;
  } catch {
    return false; // loading it says what is wrong
  }
}

module.exports = { Cycle, cycleOf, writeIfOpen };
