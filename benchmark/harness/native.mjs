// Small C programs: the load generator, and loops that show what the kernel allows. Built on first use.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(path.dirname(import.meta.dirname));

/** @param {string} source below the checkout @returns {string} the program */
export function build(source) {
  const file = path.join(root, source);
  const binary = path.join(
    root,
    '.cache',
    source
      .replace(/^benchmark\//, '')
      .replaceAll('/', '-')
      .replace(/\.c$/, ''),
  );
  if (fs.existsSync(binary) && fs.statSync(binary).mtimeMs > fs.statSync(file).mtimeMs) return binary;
  fs.mkdirSync(path.dirname(binary), { recursive: true });
  const compiler = process.env.CC ?? 'cc';
  const { status, stderr } = spawnSync(compiler, ['-O2', '-o', binary, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${source} did not compile: ${stderr}`);
  return binary;
}
