// Reads whole files that are in the page cache: returned, and with every byte looked at.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const KB = 1024;
const MB = KB * KB;
const ABSENT = ['\0', '\x01', '\x02', '\x03'];
const ROW = '{"name":"All work and no play","size":12345,"list":[1,2,3]},';

/** @param {string} name @param {Iterable<Buffer>} chunks */
function temporaryFile(name, chunks) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'dx-bench-')), name);
  const descriptor = fs.openSync(file, 'w');
  for (const chunk of chunks) fs.writeSync(descriptor, chunk);
  fs.closeSync(descriptor);
  return { file, close: () => fs.rmSync(path.dirname(file), { recursive: true, force: true }) };
}

/** @param {number} size */
function* plain(size) {
  const chunk = Buffer.alloc(Math.min(size, MB), 'All work and no play makes a dull file.\n');
  for (let done = 0; done < size; done += chunk.length) yield chunk;
}

/** @param {number} size */
function* json(size) {
  yield Buffer.from(`[${ROW.repeat(Math.floor(size / ROW.length) - 1)}0]`);
}

/**
 * Looks at everything, as fast as all of the engines do: bytes by eights in four sums (a loop over single bytes or
 * integers takes V8 two to five times as long as JavaScriptCore, and both longer than the read), text with a search for
 * what is not there. The sums are declared one by one: those of a destructured array V8 boxes, an object for each addition,
 * in the code that it makes of the loop sooner or later.
 *
 * @param {any} data
 * @param {number} [round]
 */
function consume(data, round = 0) {
  // Not always the same: V8 would search a text that stays once, and never again.
  if (typeof data === 'string') return data.indexOf(ABSENT[round % ABSENT.length]);
  const words = new Float64Array(data.buffer, data.byteOffset, data.byteLength >> 3);
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 3; i < words.length; i += 4) {
    first += words[i - 3];
    second += words[i - 2];
    third += words[i - 1];
    fourth += words[i];
  }
  return first + second + third + fourth;
}

/**
 * @param {(size: number) => Iterable<Buffer>} content
 * @param {number} size
 * @param {boolean} used
 * @param {(file: string) => Promise<any>} read
 */
function reading(content, size, used, read) {
  const { file, close } = temporaryFile('data', content(size));
  const run = async (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) {
      const data = await read(file);
      if (!(data.length > 0)) throw new Error('bytes are missing');
      if (used) consume(data, i);
    }
  };
  return { run, close };
}

const kinds = {
  bytes: {
    content: plain,
    bun: (/** @type {string} */ file) => Bun.file(file).bytes(),
    node: (/** @type {string} */ file) => fs.promises.readFile(file),
    sync: async (/** @type {string} */ file) => fs.readFileSync(file),
  },
  text: {
    content: plain,
    bun: (/** @type {string} */ file) => Bun.file(file).text(),
    node: (/** @type {string} */ file) => fs.promises.readFile(file, 'utf8'),
    sync: async (/** @type {string} */ file) => fs.readFileSync(file, 'utf8'),
  },
  json: {
    content: json,
    bun: (/** @type {string} */ file) => Bun.file(file).json(),
    node: async (/** @type {string} */ file) => JSON.parse(await fs.promises.readFile(file, 'utf8')),
    sync: async (/** @type {string} */ file) => JSON.parse(fs.readFileSync(file, 'utf8')),
  },
};

const sizes = /** @type {[string, number][]} */ ([
  ['1 KB', KB],
  ['4 KB', 4 * KB],
  ['1 MB', MB],
  ['64 MB', 64 * MB],
  ['512 MB', 512 * MB],
]);

/** @param {keyof typeof kinds} kind @param {string} name @param {number} size @param {boolean} used */
function one(kind, name, size, used) {
  const { content, bun, node, sync } = kinds[kind];
  return {
    name: `Bun.file().${kind}(), ${name}${used ? ', every byte used' : ''}`,
    unit: 'ns',
    bun: () => reading(content, size, used, bun),
    peers: {
      'fs.promises.readFile': () => reading(content, size, used, node),
      readFileSync: () => reading(content, size, used, sync),
    },
    ...(used && { note: `a part of this is not the read: the case "loop over ${kind} in memory"` }),
    ...(kind !== 'json' && !used && { limit: ['benchmark/file/read.c', size, size] }),
  };
}

/**
 * What "every byte used" costs without a read, in V8 and in JavaScriptCore, which no code of ours can change.
 *
 * @param {'bytes' | 'text'} kind
 * @param {string} name
 * @param {number} size
 */
function loop(kind, name, size) {
  return {
    name: `loop over ${kind} in memory, ${name}`,
    unit: 'ns',
    bun: () => {
      const bytes = Buffer.concat([...plain(size)]);
      const data = kind === 'text' ? bytes.toString('latin1') : bytes;
      return {
        async run(/** @type {number} */ iterations) {
          let sum = 0;
          for (let i = 0; i < iterations; i++) sum += consume(data, i);
          if (sum === 1) throw new Error('the sum is used');
        },
      };
    },
  };
}

// Half a gigabyte is more than a JavaScript string can hold in some runtimes, and its JSON more than a heap.
const cases = [];
for (const kind of /** @type {const} */ (['bytes', 'text', 'json'])) {
  for (const [name, size] of sizes) {
    if (size > 64 * MB && kind === 'json') continue;
    cases.push(one(kind, name, size, false));
    if (size < MB || kind === 'json') continue;
    cases.push(one(kind, name, size, true));
    if (size <= 64 * MB) cases.push(loop(kind, name, size));
  }
}
export default cases;
