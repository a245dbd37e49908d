// Scripts of `Bun.$` beside zx, execa and dax. What reads much reads files that are made once, in a folder of their own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = path.join(os.tmpdir(), 'dx-compat-benchmark-shell');
const entries = path.join(folder, 'entries');
const log = path.join(folder, 'log');

/** Makes the file of 100 MB and the folder of 10,000 entries. */
function prepare() {
  if (fs.existsSync(path.join(folder, 'made'))) return;
  fs.mkdirSync(entries, { recursive: true });
  for (let i = 0; i < 10_000; i++) fs.writeFileSync(path.join(entries, `entry-${i}`), '');
  const words = ['alpha', 'beta', 'gamma', 'delta', 'error', 'warning', 'info'];
  const lines = [];
  let seed = 1;
  for (let size = 0; size < 1_000_000; size += lines.at(-1)?.length ?? 0) {
    const line = Array.from({ length: 8 }, () => words[(seed = (seed * 48_271) % 0x7fffffff) % words.length]);
    lines.push(`${line.join(' ')} ${seed}\n`);
  }
  const block = lines.join('');
  fs.writeFileSync(log, '');
  for (let i = 0; i < 100; i++) fs.appendFileSync(log, block);
  fs.writeFileSync(path.join(folder, 'made'), '');
}

/** @param {() => Promise<unknown>} work */
const repeat = (work) => {
  prepare();
  return {
    async run(/** @type {number} */ iterations) {
      for (let i = 0; i < iterations; i++) await work();
    },
    close() {},
  };
};

/** @param {string} script @param {string} [bash] the same for zx, where bash has other names */
function script(script, bash = script) {
  return {
    bun: () => repeat(() => Bun.$`${{ raw: script }}`.text()),
    peers: {
      zx: async () => {
        const { $ } = await import('zx');
        $.verbose = false;
        const template = Object.assign([bash], { raw: [bash] });
        return repeat(async () => (await $(/** @type {any} */ (template))).stdout);
      },
      dax: async () => {
        const { $ } = await import('dax');
        return repeat(() => $.raw`${script}`.text());
      },
    },
  };
}

/** @param {string} file @param {string[]} args */
const execa = (file, args) => async () => {
  const { execa } = await import('execa');
  return repeat(async () => (await execa(file, args)).stdout);
};

const pipeline = `cat ${log} | grep error | cut -d " " -f 1,9 | wc -l`;
const ten = Array(10).fill('/bin/true').join('; ');

export default [
  { name: 'echo', ...script('echo hello') },
  { name: 'ls of 10,000 entries', ...script(`ls ${entries}`), limit: ['benchmark/shell/list.c', entries] },
  { name: 'four builtins over 100 MB', ...script(pipeline) },
  { name: 'sort of 100 MB', ...script(`sort ${log} | uniq | wc -l`, `LC_ALL=C sort ${log} | uniq | wc -l`) },
  { name: 'ten external commands', ...script(ten) },
].map((entry) => {
  if (entry.name === 'echo') Object.assign(entry.peers, { execa: execa('echo', ['hello']) });
  if (entry.name.startsWith('ls')) Object.assign(entry.peers, { execa: execa('ls', [entries]) });
  if (entry.name.startsWith('ten')) {
    Object.assign(entry.peers, {
      execa: async () => {
        const { execa } = await import('execa');
        return repeat(async () => {
          for (let i = 0; i < 10; i++) await execa('/bin/true');
        });
      },
    });
  }
  return { ...entry, unit: 'ns' };
});
