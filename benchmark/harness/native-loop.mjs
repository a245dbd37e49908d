// A contender without JavaScript: a program that does as many iterations as each line on its stdin says, and answers.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(path.dirname(import.meta.dirname));

/** @type {string | undefined} */
let program;

/** Has cargo build the example, in the release profile and for the target of the addon; once a process. */
function built() {
  if (program === undefined) {
    const target = /host: (\S+)/.exec(spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '';
    const args = ['build', '--release', '--locked', '-p', 'dx-sqlite', '--example', 'native-loop', '--target', target];
    spawnSync('cargo', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const folder = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
    program = path.join(folder, target, 'release', 'examples', 'native-loop');
  }
  return fs.existsSync(program) ? program : undefined;
}

/**
 * @param {{ native?: (string | number)[] }} spec of a case
 * @param {(stream: NodeJS.ReadableStream) => () => Promise<string>} lineReader
 */
export async function openNative({ native }, lineReader) {
  const program = native && built();
  if (!program) return;
  const child = spawn(program, native.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = lineReader(child.stdout);
  const now = () => {
    if (process.env.BENCHMARK_CLOCK !== 'cpu') return Number(process.hrtime.bigint());
    return Number(fs.readFileSync(`/proc/${child.pid}/schedstat`, 'utf8').split(' ')[0]);
  };
  const time = async (/** @type {number} */ iterations) => {
    const started = now();
    child.stdin.write(`${iterations}\n`);
    if ((await lines()) === '') throw new Error('the native loop ended in a slice');
    return now() - started;
  };
  await time(1);
  let iterations = 1;
  return {
    name: 'native loop',
    measure: async (/** @type {number} */ milliseconds) => {
      const wanted = milliseconds * 1e6;
      let elapsed = await time(iterations);
      while (elapsed < wanted / 4) {
        iterations = Math.ceil(iterations * Math.min(100, Math.max(2, wanted / 2 / Math.max(elapsed, 1))));
        elapsed = await time(iterations);
      }
      iterations = Math.max(1, Math.round((iterations * wanted) / elapsed));
      return (await time(iterations)) / iterations;
    },
    close: () => child.kill(),
  };
}
