'use strict';

/**
 * package.json scripts and programs of packages, as `bun run` runs them.
 *
 * @see bun-types/docs/runtime/index.mdx "Run a package.json script"
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { nearestPackage, ancestors, scriptsOf } = require('./package-scripts');
const { launcher, node } = require('./launcher');
const release = require('../bun/version');

const windows = process.platform === 'win32';

/**
 * @typedef {{ name: string, args: string[], flags: Record<string, any> }} Target
 * @param {string} name
 */
function hasScript(name) {
  const found = nearestPackage();
  return found !== undefined && Object.hasOwn(scriptsOf(found.manifest), name);
}

/** Runs `preNAME`, `NAME` with the arguments, `postNAME`; the first that fails ends it. @param {Target} target */
async function runScript({ name, args, flags }) {
  const { directory, manifest } = /** @type {NonNullable<ReturnType<typeof nearestPackage>>} */ (nearestPackage());
  const { silent, asNode, inBun } = configure(flags);
  const scripts = scriptsOf(manifest);
  for (const event of [`pre${name}`, name, `post${name}`]) {
    if (scripts[event] === undefined) continue;
    const command = event === name ? [scripts[event], ...args.map(quote)].join(' ') : scripts[event];
    if (!silent) process.stderr.write(`$ ${command}\n`);
    const env = scriptEnvironment({ directory, manifest, event, command: scripts[event], asNode });
    const ending = inBun
      ? {
          code: await require('../shell/run-text').runText(command, { args: ['bun'], cwd: directory, env }),
          signal: null,
        }
      : await spawnInherited(...shellCommand(command), { cwd: directory, env });
    if (!endLike(ending, silent ? undefined : event)) return;
  }
}

/** Runs a file that the system runs by itself. @param {string} file @param {Target} target */
async function runProgram(file, { args, flags }) {
  const found = nearestPackage();
  const env = scriptEnvironment({
    directory: found?.directory ?? process.cwd(),
    manifest: found?.manifest,
    asNode: configure(flags).asNode,
  });
  endLike(await spawnInherited(file, args, { env }));
}

/** The flags and the bunfig.toml settings that hold for scripts. @param {Record<string, any>} flags */
function configure(flags) {
  const { run = {} } = require('./bunfig').loadBunfig(flags);
  if (flags['env-file']) require('./environment').loadEnvironment({ explicit: flags['env-file'] });
  return {
    silent: Boolean(flags.silent ?? run.silent),
    asNode: Boolean(flags.bun ?? run.bun),
    inBun: (flags.shell ?? run.shell) === 'bun',
  };
}

/** @param {string} command @returns {[string, string[]]} */
function shellCommand(command) {
  if (windows) return [process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', `"${command}"`]];
  return [findInPath('bash') ?? findInPath('sh') ?? findInPath('zsh') ?? '/bin/sh', ['-c', command]];
}

/**
 * What npm and Bun tell scripts. Our `bun` stands first in PATH, so that a `bun` in a script
 * reaches this command line.
 *
 * @param {{ directory: string, manifest?: Record<string, any>, event?: string, command?: string, asNode: boolean }} script
 */
function scriptEnvironment({ directory, manifest = {}, event, command, asNode }) {
  const bun = launcher('bun');
  const asNodeLauncher = asNode ? launcher('node') : undefined;
  const launchers = [bun, asNodeLauncher].map((file) => file && path.dirname(file));
  const binaries = ancestors(directory).map((parent) => path.join(parent, 'node_modules/.bin'));
  /** @type {Record<string, string | undefined>} */
  const env = { ...process.env };
  env.PATH = [...launchers, ...binaries, process.env.PATH].filter(Boolean).join(path.delimiter);
  env.NODE = env.npm_node_execpath = asNodeLauncher ?? node;
  env.npm_execpath = bun ?? node;
  env.npm_command = 'run-script';
  env.npm_config_user_agent = `bun/${release.version} npm/? node/v${process.versions.node} ${process.platform} ${process.arch}`;
  env.npm_config_local_prefix = directory;
  env.npm_package_json = path.join(directory, 'package.json');
  if (typeof manifest.name === 'string') env.npm_package_name = manifest.name;
  if (typeof manifest.version === 'string') env.npm_package_version = manifest.version;
  for (const [key, value] of Object.entries(manifest.config ?? {})) {
    if (typeof value === 'string') env[`npm_package_config_${key}`] = value;
  }
  if (event !== undefined) env.npm_lifecycle_event = event;
  if (command !== undefined) env.npm_lifecycle_script = command;
  return env;
}

/**
 * Spawns with our own stdio and hands signals on, so that the child ends as it would without us.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
function spawnInherited(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = require('node:child_process').spawn(file, args, {
      stdio: 'inherit',
      windowsVerbatimArguments: windows,
      ...options,
    });
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    const wait = () => {}; // the terminal sends SIGINT to the whole group
    const forwarded = /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']);
    for (const signal of forwarded) process.on(signal, forward);
    process.on('SIGINT', wait);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of forwarded) process.off(name, forward);
      process.off('SIGINT', wait);
      resolve({ code, signal });
    });
  });
}

/**
 * Ends this process the way a child ended.
 *
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} ending
 * @param {string} [script] its name, to say that it failed
 * @returns {boolean} whether it succeeded
 */
function endLike({ code, signal }, script) {
  if (signal) {
    const meaning = signalMeanings[signal];
    if (script && meaning)
      process.stderr.write(`error: script "${script}" was terminated by signal ${signal} (${meaning})\n`);
    process.kill(process.pid, signal);
    process.exit(128 + os.constants.signals[signal]); // a signal that does not end us
  }
  // 2 is what compilers and the like end with, who have said what is wrong; Bun adds nothing.
  if (code !== 0 && code !== 2 && script) process.stderr.write(`error: script "${script}" exited with code ${code}\n`);
  process.exitCode = code ?? 1;
  return code === 0;
}

/** Signals that a user sends with the keyboard need no words. @type {Record<string, string>} */
const signalMeanings = {
  SIGHUP: 'Terminal hung up',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace or breakpoint trap',
  SIGABRT: 'Abort',
  SIGBUS: 'Misaligned address error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Forced quit',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Address boundary error',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Timer expired',
  SIGTERM: 'Polite quit request',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
  SIGVTALRM: 'Virtual timer expired',
  SIGPROF: 'Profiling timer expired',
  SIGIO: 'I/O on asynchronous file descriptor is possible',
  SIGSYS: 'Bad system call',
};

/** An argument as the shell reads it back, in Bun's spelling. @param {string} argument */
function quote(argument) {
  if (/^[\w!%^+./:@\x80-\uFFFF-]+$/.test(argument)) return argument;
  return `"${argument.replaceAll(windows ? /"/g : /["$`\\]/g, '\\$&')}"`;
}

/**
 * @param {string} name
 * @param {boolean} system whether programs of the system count too, not just those of packages
 * @returns {string | undefined}
 */
function findProgram(name, system) {
  const directory = nearestPackage()?.directory ?? process.cwd();
  const binaries = ancestors(directory).map((parent) => path.join(parent, 'node_modules/.bin', name));
  return binaries.find(isExecutable) ?? (system ? findInPath(name) : undefined);
}

/** @param {string} name */
function findInPath(name) {
  if (!name || name.includes('/')) return undefined;
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((directory) => path.join(directory, name))
    .find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

module.exports = { hasScript, runScript, findProgram, runProgram };
