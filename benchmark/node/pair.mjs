// What the cases of `dx-compat/node/*` share.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const require = createRequire(import.meta.url);
const root = path.dirname(path.dirname(import.meta.dirname));

/** Bun has no overlay: its own modules are what there is. @param {string} name */
export const fast = (name) =>
  process.versions.bun ? require(`node:${name}`) : require(path.join(root, 'lib/node', name));

/**
 * Asynchronous work with a module, ours and Node's. @param {string} name
 *
 * @param {string} module
 * @param {() => any} original
 * @param {(exports: any) => { work: () => unknown, close?: () => void }} make
 */
export function waiting(name, module, original, make) {
  /** @param {() => any} exports */
  const contender = (exports) => () => {
    const { work, close = () => {} } = make(exports());
    return {
      async run(/** @type {number} */ iterations) {
        for (let i = 0; i < iterations; i++) await work();
      },
      close,
    };
  };
  return {
    name,
    unit: 'ns',
    bun: contender(() => fast(module)),
    peers: { [`node:${module}`]: contender(original) },
  };
}

/** A folder in memory, where there is such a file system: on a disk the disk decides. */
export function place() {
  const base = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const folder = fs.mkdtempSync(path.join(base, 'dx-compat-bench-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
