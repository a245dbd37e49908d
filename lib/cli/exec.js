'use strict';

/**
 * `dx-compat exec SCRIPT` and `dx-compat FILE.sh`: scripts for the shell of `Bun.$`.
 *
 * @see bun-types/docs/runtime/shell.mdx ".sh file loader"
 */

const fs = require('node:fs');
const path = require('node:path');
const { chooseDirectory, loadEnvironment } = require('./prepare');

const usage = `Usage: bun exec <script>

Execute a shell script directly from Bun.

Note: If executing this from a shell, make sure to escape the string!

Examples:
  bun exec "echo hi"
  bun exec "echo \\"hey friends\\"!"
`;

/** @param {string[]} args @param {Record<string, any>} before flags that stood before `exec` */
async function exec(args, before) {
  const { parseFlags, runtimeFlags } = require('./flags');
  const { flags, rest } = parseFlags(args, runtimeFlags, before);
  const [text, ...more] = rest;
  if (flags.help || text === undefined) return void process.stdout.write(usage);
  chooseDirectory(flags);
  return runScript(text, path.join(process.cwd(), '[eval]'), ['bun', ...more], flags);
}

/** @param {string} file absolute @param {{ name: string, args: string[], flags: Record<string, any> }} target */
function runShellFile(file, { name, args, flags }) {
  return runScript(fs.readFileSync(file, 'utf8'), name, [name, ...args], flags);
}

/**
 * @param {string} text
 * @param {string} name for messages
 * @param {string[]} args
 * @param {Record<string, any>} flags
 */
async function runScript(text, name, args, flags) {
  loadEnvironment(flags, require('./bunfig').loadBunfig(flags));
  try {
    process.exitCode = await require('../shell/run-text').runText(text, { args });
  } catch (/** @type {any} */ error) {
    process.stderr.write(`error: Failed to run script ${name} due to error ${error.message}\n`);
    process.exitCode = 1;
  }
}

module.exports = { exec, runShellFile };
