// A contender without JavaScript: a program that does as many iterations as each line on its stdin says, and answers.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(path.dirname(import.meta.dirname));

/** Where cargo has left an example, if it was built: `cargo build --release -p dx-sqlite --example native-loop`. */
function built() {
  const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const folders = fs.existsSync(target) ? fs.readdirSync(target).map((name) => path.join(target, name, 'release')) : [];
  const programs = [path.join(target, 'release'), ...folders].map((folder) =>
    path.join(folder, 'examples', 'native-loop'),
  );
  return programs.find((program) => fs.existsSync(program));
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
  const time = async (/** @type {number} */ iterations) => {
    const started = process.hrtime.bigint();
    child.stdin.write(`${iterations}\n`);
    if ((await lines()) === '') throw new Error('the native loop ended in a slice');
    return Number(process.hrtime.bigint() - started);
  };
  await time(1);
  let iterations = 1;
  return {
    name: 'native loop',
    measure: async (/** @type {number} */ milliseconds) => {
      const wanted = milliseconds * 1e6;
      let elapsed = await time(iterations);
      while (elapsed < wanted / 4) {
        iterations = Math.ceil(iterations * Math.min(100, Math.max(2, wanted / 2 / elapsed)));
        elapsed = await time(iterations);
      }
      iterations = Math.max(1, Math.round((iterations * wanted) / elapsed));
      return (await time(iterations)) / iterations;
    },
    close: () => child.kill(),
  };
}
