/** Runs programs on the Node that runs the tests, as a user would: `node …`, without the command line of dx-compat. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const root = path.dirname(path.dirname(import.meta.dirname));
export const node = process.env.DX_COMPAT_NODE ?? 'node';

/** A folder with the files given by name, and `node_modules/dx-compat`, a link to this checkout. */
export function project(files: Record<string, string>): { folder: string; [Symbol.dispose](): void } {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'dx-loading-'));
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.symlinkSync(root, path.join(folder, 'node_modules', 'dx-compat'), 'junction');
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return { folder, [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

export function run(folder: string, ...args: string[]) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: folder, encoding: 'utf8', env, timeout: 30_000 });
  return { status, stdout, stderr };
}

/** Runs a program that prints JSON. */
export function evaluate(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = run(folder, ...args);
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
