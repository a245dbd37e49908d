// Starts small programs and reads what they say.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const TRUE = '/bin/true';
const FLOOD = ['head', '-c', '1000000', '/dev/zero'];

/** @param {(iterations: number) => Promise<void> | void} run */
const runs = (run) => ({ run: async (/** @type {number} */ iterations) => run(iterations) });

/** @param {number} iterations @param {number} width @param {() => Promise<unknown>} start */
async function inFlight(iterations, width, start) {
  let left = iterations;
  await Promise.all(
    Array.from({ length: Math.min(width, iterations) }, async () => {
      while (left-- > 0) await start();
    }),
  );
}

const bunChild = () => Bun.spawn([TRUE], { stdout: 'ignore', stderr: 'ignore' }).exited;
const nodeChild = () => new Promise((resolve) => spawn(TRUE, { stdio: 'ignore' }).on('exit', resolve));

const LOOP = 'benchmark/process/loop.c';

export default [
  {
    name: 'spawnSync of a small program',
    bun: () =>
      runs((iterations) => {
        for (let i = 0; i < iterations; i++) Bun.spawnSync([TRUE]);
      }),
    peers: {
      'child_process.spawnSync': () =>
        runs((iterations) => {
          for (let i = 0; i < iterations; i++) spawnSync(TRUE);
        }),
    },
    limit: [LOOP, 'true', 1],
  },
  ...[1, 16, 64].map((width) => ({
    name: `spawn of a small program, ${width} in flight`,
    bun: () => runs((iterations) => inFlight(iterations, width, bunChild)),
    peers: { 'child_process.spawn': () => runs((iterations) => inFlight(iterations, width, nodeChild)) },
    limit: [LOOP, 'true', width],
  })),
  {
    name: 'spawn with 1 MB of output',
    bun: () => runs((iterations) => inFlight(iterations, 1, () => Bun.spawn(FLOOD).stdout.bytes())),
    peers: {
      'child_process.execFile': () =>
        runs((iterations) =>
          inFlight(iterations, 1, () =>
            promisify(execFile)(FLOOD[0], FLOOD.slice(1), { encoding: 'buffer', maxBuffer: Infinity }),
          ),
        ),
    },
    limit: [LOOP, 'output', 1],
  },
  {
    name: 'spawnSync with 1 MB of output',
    bun: () =>
      runs((iterations) => {
        for (let i = 0; i < iterations; i++) Bun.spawnSync(FLOOD);
      }),
    peers: {
      'child_process.spawnSync': () =>
        runs((iterations) => {
          for (let i = 0; i < iterations; i++) spawnSync(FLOOD[0], FLOOD.slice(1), { maxBuffer: Infinity });
        }),
    },
    limit: [LOOP, 'output', 1],
  },
];
