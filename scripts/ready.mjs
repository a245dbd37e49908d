// `npm run ready`: every gate that a change has to pass, tests aside. All gates run even if one fails; each prints
// one line with its time, a failed one its output as well. `npm run ready -- clippy tsc` runs those only.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './addon-stamp.mjs';
import { documented } from './gates/documented.mjs';
import { licences } from './gates/licences.mjs';
import { lockfile } from './gates/lockfile.mjs';
import { safety } from './gates/safety.mjs';
import { sizes } from './gates/sizes.mjs';
import { versions } from './gates/versions.mjs';
import { preparePackages } from './prepare.mjs';

/** @typedef {{ ok: boolean, output?: string, skipped?: string }} Result */

const target = /host: (\S+)/.exec(spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '';
// The target is named as the napi command line names it, so that both share what they compile.
const shared = ['--locked', '--target', target];
const addon = ['-p', 'dx-js-compatibility'];
const bin = (/** @type {string} */ name) => path.join(root, 'node_modules', '.bin', name);

/** @type {[string, () => Promise<Result> | Result][]} cheap ones first: they say soonest what is wrong */
const gates = [
  ['sizes', () => list(sizes())],
  ['safety', () => list(safety())],
  ['versions', () => list(versions())],
  ['lockfile', () => list(lockfile())],
  ['documented', () => list(documented())],
  ['oxfmt', () => run(bin('oxfmt'), ['--check'])],
  ['oxlint', () => run(bin('oxlint'), ['--deny-warnings'])],
  ['tsc', () => run(bin('tsc'), ['-p', 'tsconfig.json'])],
  ['typos', spelling],
  ['rustfmt', () => run('cargo', ['fmt', '--all', '--check'])],
  ['licences', () => list(licences())],
  [
    'clippy',
    () => cargo(['clippy', '--workspace', '--all-targets', '--features', 'full', ...shared, '--', '-D', 'warnings']),
  ],
  ['features: default', () => cargo(['check', ...addon, ...shared])],
  ['features: none', () => cargo(['check', ...addon, '--no-default-features', ...shared])],
  [
    'features: bun-sqlite',
    () => cargo(['check', ...addon, '--no-default-features', '--features', 'bun-sqlite', ...shared]),
  ],
  [
    'features: bun-shell',
    () => cargo(['check', ...addon, '--no-default-features', '--features', 'bun-shell', ...shared]),
  ],
  [
    'features: web-core',
    () => cargo(['check', ...addon, '--no-default-features', '--features', 'web-core', ...shared]),
  ],
  [
    'rustdoc',
    () =>
      cargo(['doc', '--workspace', '--no-deps', '--document-private-items', '--features', 'full', ...shared], {
        RUSTDOCFLAGS: '-D warnings -A rustdoc::private_intra_doc_links',
      }),
  ],
];

await preparePackages();
const chosen = process.argv.slice(2);
const running = gates.filter(([name]) => !chosen.length || chosen.some((part) => name.includes(part)));
const failed = [];
for (const [name, gate] of running) {
  const started = Date.now();
  const { ok, output = '', skipped } = await gate();
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  console.log(
    `${ok ? (skipped ? 'skip' : 'ok  ') : 'FAIL'}  ${name.padEnd(22)} ${seconds.padStart(8)}${skipped ? `  ${skipped}` : ''}`,
  );
  if (!ok) {
    failed.push(name);
    const told = output.replace(/^\s+(Checking|Compiling|Downloaded|Downloading|Documenting) .*\n/gm, '');
    console.log(
      told
        .trimEnd()
        .split('\n')
        .slice(-200)
        .map((line) => `      ${line}`)
        .join('\n'),
    );
  }
}
console.log(failed.length ? `\nnot ready: ${failed.join(', ')}` : `\nready: ${running.length} gates passed`);
process.exitCode = failed.length ? 1 : 0;

/** @param {string[]} problems @returns {Result} */
function list(problems) {
  return { ok: problems.length === 0, output: problems.join('\n') };
}

/** @param {string[]} args @param {Record<string, string>} [env] */
function cargo(args, env) {
  return run('cargo', args, env);
}

/** A spelling checker that is not on npm: a developer may go without, CI installs it. */
async function spelling() {
  const installed = spawnSync('typos', ['--version'], { stdio: 'ignore' }).status === 0;
  if (installed) return run('typos', ['--config', 'typos.toml', '--format', 'brief']);
  const how = 'not installed: `pip install typos` or `cargo install typos-cli`';
  return process.env.CI ? { ok: false, output: how } : { ok: true, skipped: how };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<Result>}
 */
function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    // A gate may compile everything first: say that it goes on.
    const timer = setInterval(
      () => process.stderr.write(`      … ${output.trimEnd().split('\n').at(-1)?.trim()}\n`),
      30_000,
    );
    const end = (/** @type {Result} */ result) => {
      clearInterval(timer);
      resolve(result);
    };
    child.on('error', (error) => end({ ok: false, output: `${command}: ${error.message}` }));
    child.on('close', (status) => end({ ok: status === 0, output }));
  });
}
