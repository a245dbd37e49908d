import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';
import { readReport } from './junit.mjs';

/**
 * @typedef {{ side: 'bun' | 'node', name: string, command: string[] }} Runtime
 * @typedef {{ file: string, ms: number, exit: string, output: string, tests: import('./junit.mjs').TestResult[] }} FileResult
 */

/** How long one file may take, in milliseconds. */
const fileLimit = 180_000;

/**
 * The test files, as paths from the root; `fixtures` folders hold test files that tests run.
 *
 * @param {string[]} filters
 * @returns {string[]}
 */
export function testFiles(filters) {
  /** @type {string[]} */
  const files = [];
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const relative = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'fixtures' && entry.name !== 'node_modules') walk(relative);
      else if (/\.test\.tsx?$/.test(entry.name)) files.push(relative);
    }
  };
  walk('__test__');
  const wanted = filters.map((filter) => filter.replace(/^\.\//, '').replaceAll('\\', '/'));
  return files.sort().filter((file) => wanted.length === 0 || wanted.some((filter) => file.includes(filter)));
}

/**
 * Runs one test file in a process group of its own; a file that takes too long is ended.
 *
 * @param {Runtime} runtime
 * @param {string} file
 * @returns {Promise<FileResult>}
 */
export async function runFile({ command, side }, file) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-test-'));
  const report = path.join(folder, 'junit.xml');
  const [program, ...args] = command;
  const started = Date.now();
  const windows = process.platform === 'win32';
  const child = spawn(program, [...args, '--reporter=junit', `--reporter-outfile=${report}`, `./${file}`], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
    env: environment(side === 'bun' ? process.execPath : program),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const end = () => {
    try {
      if (windows) child.kill();
      else process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL');
    } catch {
      // it has ended
    }
  };
  const timer = setTimeout(() => {
    output += `\nended after ${fileLimit / 1000} s\n`;
    end();
  }, fileLimit);
  process.once('exit', end);
  const exit = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  clearTimeout(timer);
  end(); // what the test left behind
  process.off('exit', end);
  const tests = fs.existsSync(report) ? readReport(fs.readFileSync(report, 'utf8')) : [];
  fs.rmSync(folder, { recursive: true, force: true });
  return { file, ms: Date.now() - started, exit, output, tests };
}

/**
 * Both sides get the same: `CI`, so that a missing snapshot fails instead of being written, and none
 * of the variables that make `bun test` quiet.
 *
 * @param {string} node what a test starts that asks for Node itself
 */
function environment(node) {
  const env = { ...process.env, CI: 'true', NO_COLOR: '1' };
  for (const name of [
    'FORCE_COLOR',
    'CLAUDECODE',
    'REPL_ID',
    'AGENT',
    'GITHUB_ACTIONS',
    'NODE_OPTIONS',
    'NODE_ENV',
    'TZ',
  ])
    delete env[name];
  return { ...env, DX_COMPAT_NODE: node };
}
