// One contender of an in-process case: FILE INDEX KEY. Prints `ready`, then answers each line on stdin, the length of a
// slice in milliseconds, with the nanoseconds that one operation took.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [file, index, key] = process.argv.slice(2);
const { default: cases } = await import(pathToFileURL(file).href);
const factory = key === 'ours' || key === 'bun' ? cases[index].bun : cases[index].peers[key];

let run;
try {
  const made = await factory({ require: createRequire(file) });
  run = typeof made === 'function' ? made : made.run;
  if (made.close) process.on('exit', made.close);
  await run(1);
  console.log('ready');
} catch (error) {
  console.log(String(error.message).split('\n')[0]);
  process.exit(0);
}

let iterations = 1;
/** The time on the clock, or of the processor, in nanoseconds. */
function now() {
  if (process.env.BENCHMARK_CLOCK !== 'cpu') return Number(process.hrtime.bigint());
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** @param {number} count */
async function time(count) {
  const started = now();
  const pending = run(count);
  if (pending) await pending;
  return now() - started;
}

process.on('SIGTERM', () => process.exit(0));
process.stdin.setEncoding('utf8').on('data', async (line) => {
  const wanted = Number(line) * 1e6;
  let elapsed = await time(iterations);
  while (elapsed < wanted / 4) {
    iterations = Math.ceil(iterations * Math.min(100, Math.max(2, wanted / 2 / Math.max(elapsed, 1))));
    elapsed = await time(iterations);
  }
  iterations = Math.max(1, Math.round((iterations * wanted) / elapsed));
  console.log((await time(iterations)) / iterations);
});
process.stdin.on('end', () => process.exit(0));
