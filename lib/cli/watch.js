'use strict';

/**
 * `--watch`: a supervisor runs the program in a child process and starts it again when a file that
 * it loaded changes. The child reports over a pipe: each loaded file on a line, and an empty line
 * when it ends by itself (nothing left to do, or an error), after which the supervisor waits for a
 * change. `process.exit()` ends both.
 *
 * @see bun-types/docs/runtime/watch-mode.mdx
 */

const fs = require('node:fs');
const path = require('node:path');

const variable = 'DX_COMPAT_WATCH_PIPE';
const pipe = 3;

/** Whether this process is the child of a supervisor. */
function isWatched() {
  return process.env[variable] === String(process.ppid);
}

/**
 * @param {Record<string, any>} flags
 * @param {string[]} files to watch from the start
 * @returns {boolean} false in the child, which runs the program
 */
function superviseOnce(flags, files) {
  if (isWatched()) return false;
  supervise(flags, files);
  return true;
}

/** @returns {number | undefined} in the child, where to report loaded files; the program sees no trace of it */
function reportTo() {
  if (!isWatched()) return undefined;
  delete process.env[variable];
  process.once('beforeExit', waitForChange);
  waiting = false;
  return pipe;
}

/** @type {boolean | undefined} whether the supervisor knows that this process ends by itself; undefined: there is none */
let waiting;

/** Says that this process is about to end, but not because the program asked for it. */
function waitForChange() {
  if (waiting !== false) return;
  waiting = true;
  fs.writeSync(pipe, '\n');
}

/**
 * Runs this command line in a child process, again and again. Never returns; the process ends as
 * the child does when the program exits on its own decision.
 *
 * @param {Record<string, any>} flags
 * @param {string[]} files to watch from the start
 */
function supervise(flags, files) {
  const killSignal = signalName(flags['watch-kill-signal'] ?? 'SIGTERM');
  const watcher = new FileWatcher(restart);
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  let restarting = false;
  let ended = false;

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (ended) endLike({ code: null, signal });
      if (signal !== 'SIGINT') child.kill(signal); // the terminal sends SIGINT to both
    });
  }
  setInterval(() => {}, 2 ** 31 - 1); // with nothing to watch it waits all the same
  start();

  function start() {
    let waits = false;
    restarting = ended = false;
    for (const file of files) watcher.add(file);
    child = require('node:child_process').spawn(
      process.execPath,
      [...process.execArgv, '--', ...process.argv.slice(1)],
      {
        stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
        env: { ...process.env, [variable]: String(process.pid) },
      },
    );
    const lines = require('node:readline').createInterface({ input: /** @type {any} */ (child.stdio[pipe]) });
    lines.on('line', (line) => (line ? watcher.add(line) : (waits = true)));
    child.on('close', (code, signal) => {
      ended = true;
      if (restarting) start();
      else if (!waits) endLike({ code, signal });
    });
  }

  function restart() {
    clearScreen(flags);
    if (ended) return start();
    restarting = true;
    child.kill(killSignal);
    const patience = setTimeout(() => child.kill('SIGKILL'), 1000);
    child.once('close', () => clearTimeout(patience));
  }
}

/** @param {string} name @returns {NodeJS.Signals} */
function signalName(name) {
  if (Object.hasOwn(require('node:os').constants.signals, name)) return /** @type {NodeJS.Signals} */ (name);
  throw new (require('./flags').UsageError)(`Unknown signal "${name}" for --watch-kill-signal`);
}

/** @param {{ code: number | null, signal: NodeJS.Signals | null }} ending */
function endLike({ code, signal }) {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code ?? 1);
}

/** @param {Record<string, any>} flags */
function clearScreen(flags) {
  if (!process.stdout.isTTY || flags['no-clear-screen'] || process.env.BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD) return;
  process.stdout.write('\u001B[2J\u001B[3J\u001B[H');
}

/**
 * Calls back once for changes that belong together. Directories are watched, not files: editors
 * replace a file by renaming another one over it.
 */
class FileWatcher {
  /** @type {Map<string, Set<string>>} directory -> names */
  #directories = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #pending;
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {string} file absolute; those of packages hardly change while one works */
  add(file) {
    if (file.includes(`${path.sep}node_modules${path.sep}`)) return;
    const directory = path.dirname(file);
    const names = this.#directories.get(directory) ?? this.#watch(directory);
    names.add(path.basename(file));
  }

  /** @param {string} directory */
  #watch(directory) {
    const names = new Set();
    this.#directories.set(directory, names);
    try {
      const watcher = fs.watch(directory, (_, name) => {
        if (name === null || names.has(name)) this.#changed();
      });
      watcher.on('error', () => this.#directories.delete(directory));
    } catch {
      this.#directories.delete(directory); // it is gone: so are its files
    }
    return names;
  }

  #changed() {
    clearTimeout(this.#pending);
    this.#pending = setTimeout(this.#onChange, 30);
  }
}

module.exports = { superviseOnce, reportTo, waitForChange, FileWatcher, clearScreen };
