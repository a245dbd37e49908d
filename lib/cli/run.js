'use strict';

/**
 * `dx-compat run [flags] FILE | SCRIPT [args]` and the same without `run`.
 *
 * @see bun-types/docs/runtime/index.mdx "Resolution order"
 */

const fs = require('node:fs');
const path = require('node:path');
const { parseFlags, runtimeFlags } = require('./flags');
const { findEntry, looksLikeFile } = require('./find-entry');
const { prepare, chooseDirectory } = require('./prepare');
const { runEntry } = require('./entry');

/**
 * @typedef {Record<string, any>} Flags
 * @param {string[]} args after `run`
 * @param {Flags} before flags that stood before `run`
 */
function run(args, before) {
  const { flags, rest } = parseFlags(args, runtimeFlags, before);
  if (flags.help) return require('./help').help();
  if (flags.eval !== undefined || flags.print !== undefined) return require('./eval').evaluate(flags, rest);
  if (rest.length === 0) return require('./package-scripts').listScripts();
  return runPositional(rest, flags, true);
}

/**
 * @param {string[]} positional the file or script and its arguments
 * @param {Flags} flags
 * @param {boolean} [afterRun] whether the word `run` was there: then a script goes before a file of its name
 */
function runPositional([name, ...args], flags, afterRun = false) {
  if (args[0] === '--') args.shift();
  if (name === '-') return require('./eval').evaluateInput(flags, args);
  chooseDirectory(flags);
  const direct = looksLikeFile(name);
  const file = findEntry(name, flags);
  const target = { name, args, flags };
  if (direct || (!afterRun && file && path.extname(name)))
    return file ? runFile(file, target) : notFound(target, 'Module');
  const script = require('./script');
  if (script.hasScript(name)) return script.runScript(target);
  if (file) return runFile(file, target);
  const program = script.findProgram(name, afterRun);
  if (program) return script.runProgram(program, target);
  return notFound(target, path.extname(name) in loadable ? 'Module' : 'Script');
}

/** `node FILE`: never a script. @param {string[]} positional @param {Flags} flags */
function runOnlyFile([name, ...args], flags) {
  const file = findEntry(name, flags);
  const target = { name, args, flags };
  return file ? runFile(file, target) : notFound(target, 'Module');
}

/** What Bun runs directly, by extension. */
const loadable = Object.fromEntries(
  ['.js', '.jsx', '.ts', '.tsx', '.mjs', '.mts', '.cjs', '.cts', '.wasm', '.html'].map((extension) => [
    extension,
    true,
  ]),
);

/** Files that Bun can import but not run. @type {Record<string, string>} */
const data = {
  '.txt': 'text',
  '.json': 'json',
  '.jsonc': 'jsonc',
  '.json5': 'json5',
  '.toml': 'toml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.css': 'css',
};

/**
 * @param {string} file absolute
 * @param {{ name: string, args: string[], flags: Flags }} target
 */
async function runFile(file, { name, args, flags }) {
  const kind = data[path.extname(file)];
  if (kind && !flags.loader) return fail(`Cannot run "${file}"\nnote: Bun cannot run ${kind} files directly`);
  if (path.extname(file) === '.sh') return require('./exec').runShellFile(file, { name, args, flags });
  if (!(path.extname(file) in loadable) && isProgram(file))
    return require('./script').runProgram(file, { name, args, flags });
  if (flags.watch && !flags.hot && require('./watch').superviseOnce(flags, [file])) return;
  await prepare(flags, { main: file, argv: [file, ...args] });
  await (flags.hot ? require('./hot').runHot(file, flags) : runEntry(file));
}

/** A file that the system runs by itself: it has a `#!` line that does not name bun or node. @param {string} file */
function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    const first = fs.readFileSync(file, 'latin1').slice(0, 200).split('\n', 1)[0];
    return first.startsWith('#!') && !/\b(node|bun|dx-compat)\b/.test(first);
  } catch {
    return false;
  }
}

/** @param {{ name: string, flags: Flags }} target @param {'Module' | 'Script'} what */
function notFound({ name, flags }, what) {
  if (flags['if-present']) return;
  fail(`${what} not found "${name}"`);
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = 1;
}

module.exports = { run, runPositional, runOnlyFile };
