// What the figures were measured on. Figures without it say nothing.
import os from 'node:os';
import { createRequire } from 'node:module';

/** @param {string} profile of the addon */
export function machine(profile) {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: os.availableParallelism(),
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release().split('-')[0]} ${os.arch()}`,
    bun: createRequire(import.meta.url)('bun/package.json').version,
    profile,
    date: new Date().toISOString().slice(0, 10),
  };
}
