// Reads whole files that are in the page cache.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** @param {string} name @param {number} size */
function temporaryFile(name, size) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'dx-bench-')), name);
  fs.writeFileSync(file, Buffer.alloc(size, 'All work and no play makes a dull file.\n'));
  return { file, close: () => fs.rmSync(path.dirname(file), { recursive: true, force: true }) };
}

/** @param {number} size @param {(file: string) => Promise<{ length: number } | { byteLength: number }>} read */
function reading(size, read) {
  const { file, close } = temporaryFile('data.txt', size);
  const run = async (/** @type {number} */ iterations) => {
    for (let i = 0; i < iterations; i++) {
      const data = /** @type {any} */ (await read(file));
      if ((data.byteLength ?? data.length) !== size) throw new Error('bytes are missing');
    }
  };
  return { run, close };
}

/** @param {string} name @param {number} size */
const cases = (name, size) => [
  {
    name: `Bun.file().text(), ${name}`,
    unit: 'ns',
    bun: () => reading(size, (file) => Bun.file(file).text()),
    peers: { 'fs.promises.readFile': () => reading(size, (file) => fs.promises.readFile(file, 'utf8')) },
  },
  {
    name: `Bun.file().bytes(), ${name}`,
    unit: 'ns',
    bun: () => reading(size, (file) => Bun.file(file).bytes()),
    peers: { 'fs.promises.readFile': () => reading(size, (file) => fs.promises.readFile(file)) },
  },
];

export default [...cases('4 KB', 4096), ...cases('1 MB', 1 << 20), ...cases('64 MB', 1 << 26)];
