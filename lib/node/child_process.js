'use strict';

/**
 * `node:child_process` on the spawner of `Bun.spawn`: what waits for its child here, what does not in
 * `fast-child.js` and `fast-exec.js`.
 * Every odd argument, and every program that cannot be started, goes to Node's own function.
 */

const childProcess = require('node:child_process');
const os = require('node:os');
const { inspect } = require('node:util');
const bunSpawnSync = require('../bun/spawn-sync');
const { isAny, isText, nameOf, optionsOf, variablesOf } = require('./child-options');
const { fork, spawn } = require('./fast-child');
const { exec, execFile } = require('./fast-exec');
const { overlay } = require('./overlay');

const { spawnSync: nodesSpawnSync, execFileSync: nodesExecFileSync, execSync: nodesExecSync } = childProcess;
const MOST_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array(0);
const STREAMS = new Set(['pipe', 'ignore', 'inherit']);
/** @type {import('./child-options').Plain} */
const PLAIN = {
  cwd: (value) => value !== '' && isText(value),
  env: (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  input: (value) => typeof value === 'string' || value instanceof Uint8Array,
  stdio: isAny,
  encoding: (value) => value === 'buffer' || Buffer.isEncoding(value),
  maxBuffer: (value) => typeof value === 'number' && value > 0,
  windowsHide: isAny,
};

/** @typedef {{ stdio: string[], options: Record<string, any> }} Plan */

/** What Bun's spawner is to be asked for; undefined for what only Node's can. @param {any} given @returns {Plan | undefined} */
function planOf(given) {
  const own = process.platform === 'win32' ? undefined : optionsOf(given, PLAIN);
  if (!own) return undefined;
  const { cwd, env = process.env, input, stdio = 'pipe', encoding, maxBuffer = MOST_BYTES } = own;
  const streams = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
  if (!Array.isArray(streams) || streams.length !== 3 || !streams.every((each) => STREAMS.has(each))) return undefined;
  if (input !== undefined && streams[0] !== 'pipe') return undefined; // Node passes over one of the two
  // Without PATH the system looks where it always does.
  if (env !== process.env && env.PATH === undefined) return undefined;
  const variables = variablesOf(env);
  return (
    variables && { stdio: streams, options: { cwd, env: Object.fromEntries(variables), input, encoding, maxBuffer } }
  );
}

/** @param {string} file @param {string[]} args @param {Plan} plan @returns {any} undefined when it did not start */
function run(file, args, { stdio, options }) {
  const { cwd, env, encoding, maxBuffer } = options;
  const input = typeof options.input === 'string' ? Buffer.from(options.input) : options.input;
  let ended;
  try {
    ended = bunSpawnSync([file, ...args], {
      __proto__: null,
      cwd,
      env,
      // Node's pipe to a child that is given nothing is at its end.
      stdin: input !== undefined ? input : stdio[0] === 'pipe' ? NOTHING : stdio[0],
      stdout: stdio[1],
      stderr: stdio[2],
      maxBuffer: maxBuffer === Infinity ? undefined : maxBuffer,
    });
  } catch {
    return undefined;
  }
  return answer(file, args, ended, { stdio, encoding });
}

/**
 * The members in the order in which Node has them.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {any} ended
 * @param {{ stdio: string[], encoding: any }} how
 */
function answer(file, args, ended, { stdio, encoding }) {
  const text = (/** @type {Buffer} */ bytes) =>
    encoding === undefined || encoding === 'buffer' ? bytes : bytes.toString(encoding);
  const stdout = stdio[1] === 'pipe' ? text(ended.stdout) : null;
  const stderr = stdio[2] === 'pipe' ? text(ended.stderr) : null;
  const facts = {
    status: ended.exitCode,
    signal: ended.signalCode == null ? null : nameOf(ended.signalCode),
    output: [null, stdout, stderr],
    pid: ended.pid,
  };
  if (!ended.exitedDueToMaxBuffer) return { ...facts, stdout, stderr };
  return { error: tooMuch(file, args), ...facts, stdout, stderr };
}

/** @param {string} file @param {string[]} args */
function tooMuch(file, args) {
  const syscall = `spawnSync ${file}`;
  const error = new Error(`${syscall} ENOBUFS`);
  return Object.assign(error, {
    errno: -os.constants.errno.ENOBUFS,
    code: 'ENOBUFS',
    syscall,
    path: file,
    spawnargs: args,
  });
}

/** `(file, args?, options?)` as Node takes them. @param {any[]} given @returns {[string, string[], any] | undefined} */
function normalized([file, second, third]) {
  const [args, options] = Array.isArray(second) ? [second, third] : [[], third ?? second];
  if (typeof file !== 'string' || file === '' || file.includes('\0')) return undefined;
  if (second !== undefined && second !== null && !Array.isArray(second) && third !== undefined) return undefined;
  const texts = args.map((each) => (typeof each === 'symbol' ? inspect(each) : `${each}`));
  return texts.some((each) => each.includes('\0')) ? undefined : [file, texts, options ?? undefined];
}

/** What Node throws for a child that failed. @param {any} result @param {string} command */
function checked(result, command) {
  if (result.error) return Object.assign(result.error, result);
  if (result.status === 0) return undefined;
  const said = result.stderr?.length > 0 ? `\n${result.stderr.toString()}` : '';
  return Object.assign(new Error(`Command failed: ${command}${said}`), result);
}

/** @param {any} result @param {any} options @param {string} command */
function finish(result, options, command) {
  if (!options?.stdio && result.stderr) process.stderr.write(result.stderr);
  const error = checked(result, command);
  if (error) throw error;
  return result.stdout;
}

/** @param {any} file @param {any} args @param {any} options */
function spawnSync(file, args, options) {
  const call = normalized([file, args, options]);
  const plan = call && planOf(call[2]);
  return (plan && run(call[0], call[1], plan)) ?? nodesSpawnSync(file, args, options);
}

/** @param {any} file @param {any} args @param {any} options */
function execFileSync(file, args, options) {
  const call = normalized([file, args, options]);
  const plan = call && planOf(call[2]);
  const result = plan && run(call[0], call[1], plan);
  return result ? finish(result, call[2], [file, ...call[1]].join(' ')) : nodesExecFileSync(file, args, options);
}

/** @param {any} command @param {any} options */
function execSync(command, options) {
  const plan = typeof command === 'string' && !command.includes('\0') ? planOf(options ?? undefined) : undefined;
  const result = plan && run('/bin/sh', ['-c', command], plan);
  return result ? finish(result, options, command) : nodesExecSync(command, options);
}

module.exports = overlay(childProcess, { spawnSync, execFileSync, execSync, spawn, fork, exec, execFile });
