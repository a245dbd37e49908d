// Starts so many children, one after the other and side by side, in every way, and fails when descriptors, children,
// threads or memory are left.
//
//   node --import dx-compat/register __test__/leak/spawns.mjs [CHILDREN (100000)]
import fs from 'node:fs';

const MB = 1 << 20;
const wanted = Number(process.argv[2] ?? 100_000);
const WIDTH = 16;
const ALLOWED = 64 * MB;

const count = (folder) => fs.readdirSync(folder).length;
/** Children that run or that nobody has reaped. */
function children() {
  let found = 0;
  for (const task of fs.readdirSync('/proc/self/task')) {
    found += fs.readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).length;
  }
  return found;
}

const ways = [
  async () => Bun.spawn(['/bin/true'], { stdout: 'ignore', stderr: 'ignore' }).exited,
  async () => (await Bun.spawn(['/bin/echo', 'hello']).stdout.text()).length,
  async () => Bun.spawn(['/bin/cat'], { stdin: new Uint8Array(100_000), stdout: 'ignore' }).exited,
  async () => {
    const child = Bun.spawn(['/bin/cat'], { stdin: 'pipe', stderr: 'pipe' });
    child.stdin.write('x');
    await child.stdin.end();
    await child.stdout.text();
  },
  async () => {
    const child = Bun.spawn(['/bin/sleep', '100']);
    child.kill();
    await child.exited;
  },
  async () => Bun.spawnSync(['/bin/echo', 'hello']),
  async () => {
    try {
      Bun.spawn(['/no/such/program'], { stdin: 'pipe' });
    } catch {}
  },
  async () => Bun.spawn(['/bin/true']).exited, // its output is never looked at
];

async function settled() {
  for (let i = 0; i < 5; i++) {
    Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    descriptors: count('/proc/self/fd'),
    children: children(),
    threads: count('/proc/self/task'),
    rss: process.memoryUsage().rss,
  };
}

let started = 0;
async function startUpTo(goal) {
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      while (started < goal) await ways[started++ % ways.length]();
    }),
  );
}

await startUpTo(Math.min(15_000, wanted / 4)); // by then the allocator has what it wants
const before = await settled();
const time = Date.now();
const first = started;
await startUpTo(wanted);
const rate = Math.round(((started - first) / (Date.now() - time)) * 1000);
const after = await settled();
console.log(`${started} children, ${rate} a second`);
console.log('before', before);
console.log('after ', after);
const grown =
  after.descriptors > before.descriptors ||
  after.children > before.children ||
  after.threads > before.threads ||
  after.rss - before.rss > ALLOWED;
if (grown) {
  console.error('something is left');
  process.exitCode = 1;
}
