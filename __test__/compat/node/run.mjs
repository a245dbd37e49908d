// Node's own tests, with and without `dx-compat/node/register`: both have to end alike.
//
//   node __test__/compat/node/run.mjs FOLDER [--node PATH] [--flag FLAG] [--jobs N] [--record FILE] [FILTER…]
//
// FOLDER is the `test` folder of Node's repository, of the release of the Node that runs them; nothing of it is here.
// `list.json` names the tests by pattern, and with a reason those that end otherwise; one of these that ends alike fails
// the run. A test that ends otherwise is run twice more with each, as some of Node's depend on a quiet machine.
// FILE keeps, for each pattern all of whose tests ran, how many pass with and without, and which fail with and without.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: process.execPath },
    // for all runs: Node 26 warns of its storage without a file, which the helpers of the tests of 25 do not expect
    flag: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string', default: '2' },
    record: { type: 'string' },
  },
});
const [folder, ...filters] = positionals;
if (folder === undefined) {
  console.error('usage: run.mjs FOLDER [--node PATH] [--flag FLAG] [--jobs N] [FILTER…]');
  process.exit(2);
}
const TIMEOUT = 60_000;
const AGAIN = 2;
const register = path.join(import.meta.dirname, '../../../lib/node/register.js');
const { patterns, differs } = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'list.json'), 'utf8'));
const known = new Map(
  differs.map((/** @type {{ test: string, reason: string }} */ entry) => [entry.test, entry.reason]),
);

/** @type {string[]} */
const all = fs
  .readdirSync(path.join(folder, 'parallel'))
  .map((name) => `parallel/${name}`)
  .filter((name) => /\.m?js$/.test(name) && patterns.some((/** @type {string} */ pattern) => fits(name, pattern)));
const tests = all.filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)));

/** @type {Map<string, 'passed' | 'failed' | 'differs'>} */
const ends = new Map();
/** @type {string[]} */
const troubles = [];
const queue = tests[Symbol.iterator]();
await Promise.all(Array.from({ length: Number(flags.jobs) }, (_, worker) => work(worker)));
const count = (/** @type {string} */ end) => [...ends.values()].filter((each) => each === end).length;
console.log(
  `${tests.length} tests: ${count('passed')} pass with and without, ${count('failed')} fail with and without`,
);
for (const trouble of troubles) console.log(trouble);
if (flags.record !== undefined) record(flags.record);
process.exitCode = troubles.length > 0 ? 1 : 0;

/** @param {number} worker */
async function work(worker) {
  for (const test of queue) await compare(test, worker);
}

/** @param {string} test @param {number} worker */
async function compare(test, worker) {
  const once = (/** @type {string[]} */ ...more) => run(test, more, worker);
  let [plain, fast] = [await once(), await once('--require', register)];
  for (let again = 0; again < AGAIN && plain !== fast; again++) {
    if (plain !== 0) plain = await once();
    if (fast !== 0) fast = await once('--require', register);
  }
  ends.set(test, plain !== fast ? 'differs' : plain === 0 ? 'passed' : 'failed');
  if (plain !== fast) {
    if (!known.has(test)) troubles.push(`${test}: ends with ${plain} without and ${fast} with dx-compat`);
    return;
  }
  if (known.has(test)) troubles.push(`${test}: ends alike now; list.json says: ${known.get(test)}`);
}

/** @param {string} file */
function record(file) {
  /** @type {Record<string, { passed: number, failed: string[], differs?: string[] }>} */
  const recorded = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  for (const pattern of patterns) {
    const those = all.filter((test) => fits(test, pattern));
    if (!those.every((test) => ends.has(test))) continue;
    const which = (/** @type {string} */ end) => those.filter((test) => ends.get(test) === end);
    recorded[pattern] = { passed: which('passed').length, failed: which('failed'), differs: which('differs') };
  }
  fs.writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
}

/** @param {string} test @param {string[]} more @param {number} worker @returns {Promise<number | string>} how it ended */
function run(test, more, worker) {
  const file = path.resolve(folder, test);
  const head = fs.readFileSync(file, 'utf8').slice(0, 4096);
  const wanted =
    head
      .match(/^\/\/ Flags:(.*)$/m)?.[1]
      .trim()
      .split(/\s+/) ?? [];
  // Tests that run at the same time must not share a folder for what they write.
  const child = spawn(flags.node, [...wanted, ...flags.flag, ...more, file], {
    stdio: 'ignore',
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_TEST_DIR: folder, TEST_SERIAL_ID: `${process.pid}-${worker}` },
  });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? String(signal))));
}

/** @param {string} name @param {string} pattern with `*` at its end */
function fits(name, pattern) {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
