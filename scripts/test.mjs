// `npm test`: installs and builds what is missing, then runs the Rust tests of the engines, every __test__/**/*.test.ts
// on real Bun (which proves that the test describes Bun), and the same files on Node with dx-compat. Both must pass;
// what only one side can pass stands with its reason in __test__/known-differences.json, and fails the run once it passes.
//
//   npm test [-- FILTER…]         files whose path contains a filter; without cargo
//   --node PATH                   also on this Node (may be repeated); the first Node is the one that runs this script
//   --only-node, --skip-bun       neither cargo nor real Bun
//   --only-cargo                  the Rust tests alone
//   --jobs N                      files at a time, 2
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './addon-stamp.mjs';
import { prepare } from './prepare.mjs';
import { runCargo } from './testing/cargo.mjs';
import { runFile, testFiles } from './testing/files.mjs';
import { judge, readKnown } from './testing/known.mjs';

const { values: flags, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', multiple: true, default: [] },
    'only-node': { type: 'boolean', default: false },
    'skip-bun': { type: 'boolean', default: false },
    'only-cargo': { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
});
const started = Date.now();
const sum = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const troubles = [];

await prepare();
const onlyNode = flags['only-node'] || flags['skip-bun'];
if (!onlyNode && filters.length === 0) await engines();
if (!flags['only-cargo']) await faces();
conclude();

async function engines() {
  const { passed, failed, skipped, output } = await runCargo();
  count({ passed, failed, skipped });
  say(`cargo: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0) trouble('cargo test', output);
}

async function faces() {
  const known = readKnown();
  const files = testFiles(filters);
  if (files.length === 0) trouble('no test file matches', filters.join(' '));
  for (const runtime of runtimes()) await onRuntime(runtime, files, known);
  for (const entry of known.filter(({ file }) => !files.includes(file) && filters.length === 0)) {
    trouble(`known-differences.json names a file that is not there: ${entry.file}`, '');
  }
}

/** @returns {import('./testing/files.mjs').Runtime[]} */
function runtimes() {
  const cli = path.join(root, 'bin', 'dx-compat.js');
  const nodes = [process.execPath, ...flags.node].map((node) => ({
    side: /** @type {const} */ ('node'),
    name: `node ${path.basename(node) === node || node === process.execPath ? process.versions.node : node}`,
    command: [node, cli, 'test'],
  }));
  if (onlyNode) return nodes;
  const bun = path.join(root, 'node_modules', '.bin', os.platform() === 'win32' ? 'bun.exe' : 'bun');
  return [{ side: 'bun', name: 'bun', command: [bun, 'test'] }, ...nodes];
}

/**
 * @param {import('./testing/files.mjs').Runtime} runtime
 * @param {string[]} files
 * @param {import('./testing/known.mjs').Difference[]} known
 */
async function onRuntime(runtime, files, known) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const queue = [...files];
  const lane = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const result = await runFile(runtime, file);
      const { passed, failed, skipped, complaints } = judge(result, runtime.side, known);
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
      const time = `${(result.ms / 1000).toFixed(1)} s`;
      say(
        `${failed > 0 ? 'FAIL' : 'ok  '}  ${runtime.name}  ${file}  ${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}  ${time}`,
      );
      if (failed > 0) trouble(`${file} on ${runtime.name}`, [...complaints, result.output].join('\n'));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.jobs) || 2) }, lane));
  count(total);
  say(
    `${runtime.name}: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped in ${files.length} files`,
  );
}

/** @param {{ passed: number, failed: number, skipped: number }} more */
function count(more) {
  for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) sum[key] += more[key];
}

/** @param {string} title @param {string} output */
function trouble(title, output) {
  troubles.push(title);
  say(`\n---- ${title}\n${output.trimEnd().split('\n').slice(-150).join('\n')}\n----\n`);
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

function conclude() {
  if (troubles.length > 0 && sum.failed === 0) sum.failed = troubles.length;
  if (troubles.length > 0) say(`\nfailed:\n${troubles.map((title) => `  ${title}`).join('\n')}`);
  say(`\nin ${Math.round((Date.now() - started) / 1000)} s`);
  say(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}
