// Reads files of 1 MB to 511 MB, as bytes, text, streams and formats in between, until so many gigabytes have gone through,
// and fails when the memory of the process has grown by then.
//
//   node --import dx-compat/register __test__/leak/reads.mjs [GIGABYTES (200)]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MB = 1 << 20;
const GB = 1 << 30;
const SIZES = [1, 2, 5, 16, 50, 64, 128, 300, 511].map((size) => size * MB); // V8's strings end below 512 MB
const wanted = Number(process.argv[2] ?? 200) * GB;
/** The pool may keep a sixteenth of the memory, at most a gigabyte; the rest is slack. */
const ALLOWED = 256 * MB;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-leak-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const files = SIZES.map((size) => {
  const file = path.join(dir, String(size));
  const descriptor = fs.openSync(file, 'w');
  const chunk = Buffer.alloc(MB, 'All work and no play makes a dull file.\n');
  for (let done = 0; done < size; done += MB) fs.writeSync(descriptor, chunk);
  fs.closeSync(descriptor);
  return { file, size };
});

const ways = [
  async (file) => (await Bun.file(file).bytes()).byteLength,
  async (file) => (await Bun.file(file).text()).length,
  async (file) => (await Bun.file(file).arrayBuffer()).byteLength,
  async (file) => {
    let size = 0;
    for await (const chunk of Bun.file(file).stream()) size += chunk.byteLength;
    return size;
  },
];

/** What is left when nobody reads any more. */
async function settled() {
  for (let i = 0; i < 4; i++) {
    Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  return process.memoryUsage().rss;
}

let total = 0;
let turn = 0;
let highest = 0;
async function readUpTo(goal) {
  while (total < goal) {
    // Small files come more often: as many bytes of each size.
    const { file, size } = files[turn % files.length];
    const way = ways[turn % ways.length];
    for (let bytes = 0; bytes < 512 * MB && total < goal; bytes += size) {
      if ((await way(file)) !== size) throw new Error(`${file}: bytes are missing`);
      total += size;
      highest = Math.max(highest, process.memoryUsage().rss);
    }
    turn++;
  }
}

await readUpTo(Math.min(wanted / 10, 10 * GB));
const before = await settled();
const started = Date.now();
const first = total;
await readUpTo(wanted);
const seconds = (Date.now() - started) / 1000;
const after = await settled();
const mb = (bytes) => `${Math.round(bytes / MB)} MB`;
console.log(
  `${(total / GB).toFixed(1)} GB read, ${((total - first) / GB / seconds).toFixed(1)} GB/s; rss ${mb(before)} before, ${mb(after)} after, ${mb(highest)} at most`,
);
if (after - before > ALLOWED) {
  console.error(`the process has grown by ${mb(after - before)}`);
  process.exitCode = 1;
}
