import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/**
 * The Rust tests of the engine crates. The addon itself is left out: it links against Node, and the
 * faces test it.
 *
 * @returns {Promise<{ passed: number, failed: number, skipped: number, output: string }>}
 */
export async function runCargo() {
  const target = /host: (\S+)/.exec(spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  const crates = fs
    .readdirSync(path.join(root, 'crates'))
    .map((name) => path.join(root, 'crates', name, 'Cargo.toml'))
    .filter((file) => fs.existsSync(file))
    .map((file) => /** @type {string} */ (/^name = "(.*)"/m.exec(fs.readFileSync(file, 'utf8'))?.[1]));
  const packages = crates.flatMap((name) => ['-p', name]);
  // The target is named as the napi command line names it, so that both share what they compile.
  const args = ['test', '--locked', '--no-fail-fast', ...packages, ...(target ? ['--target', target] : [])];
  process.stdout.write(`cargo test of ${crates.length} crates …\n`);
  const child = spawn('cargo', args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CARGO_TERM_COLOR: 'never' },
  });
  let output = '';
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      last = chunk.trimEnd().split('\n').at(-1)?.trim() || last;
    });
  }
  const timer = setInterval(() => process.stdout.write(`  ${last.slice(0, 100)}\n`), 15_000);
  const status = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  clearInterval(timer);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    sum.passed += Number(passed);
    sum.failed += Number(failed);
    sum.skipped += Number(ignored);
  }
  if (status !== 0 && sum.failed === 0) sum.failed = 1;
  return { ...sum, output };
}
