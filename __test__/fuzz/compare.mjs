// Runs a script of this folder that prints lines from a seed on real Bun and on Node with dx-compat, and compares them.
//   node __test__/fuzz/compare.mjs SCRIPT FIRST-LAST ROUNDS
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const [script = 'sqlite.mjs', seeds = '1-10', rounds = '50'] = process.argv.slice(2);
const [first, last = first] = seeds.split('-').map(Number);
const root = path.resolve(import.meta.dirname, '..', '..');
const file = path.join(import.meta.dirname, script);
const bun = path.join(root, 'node_modules', 'bun', 'bin', 'bun.exe');

/** @param {string} program @param {string[]} args */
async function output(program, args) {
  try {
    const options = { maxBuffer: 2 ** 30, timeout: 300_000 };
    return (await promisify(execFile)(program, args, options)).stdout.split('\n');
  } catch (error) {
    const { stdout, stderr, code, signal } = /** @type {any} */ (error);
    return [...String(stdout).split('\n'), `ended with ${code ?? signal}: ${stderr}`];
  }
}

let lines = 0;
let different = 0;
for (let seed = first; seed <= last; seed++) {
  const [theirs, ours] = await Promise.all([
    output(bun, [file, String(seed), rounds]),
    output(process.execPath, [path.join(root, 'bin', 'dx-compat.js'), 'run', file, String(seed), rounds]),
  ]);
  lines += theirs.length;
  const at = theirs.findIndex((text, index) => text !== ours[index]);
  if (at < 0 && theirs.length === ours.length) continue;
  different++;
  const where = at < 0 ? theirs.length : at;
  console.log(
    `seed ${seed}, line ${where}:\n  before ${theirs[where - 1]}\n  Bun    ${theirs[where]}\n  ours   ${ours[where]}`,
  );
}
console.log(`${script}: seeds ${first} to ${last}, ${lines} lines, ${different} seeds with a difference`);
process.exit(different ? 1 : 0);
