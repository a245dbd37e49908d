/** Runs the command line of the runtime that runs the test: `bun`, or `dx-compat` on Node. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

export interface Ending {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: string | null;
}

export interface Setting {
  cwd: string;
  env?: Record<string, string>;
  input?: string;
}

/** An environment with nothing in it that a runtime reads by itself. */
export const bareEnvironment: Record<string, string> = {
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  NO_COLOR: '1',
};

/** On Node `execPath` is the launcher, which starts `bin/dx-compat.js` with this Node. */
const executable = process.execPath;

/** Runs to the end. */
export function run(args: string[], { cwd, env = {}, input = '' }: Setting): Ending {
  const { stdout, stderr, status, signal } = spawnSync(executable, args, {
    cwd,
    env: { ...bareEnvironment, ...env },
    input,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout, stderr, code: status, signal };
}

/** Starts a program and collects what it prints. */
export function start(args: string[], { cwd, env = {} }: Setting) {
  const child = spawn(executable, args, { cwd, env: { ...bareEnvironment, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  const waiting = new Set<() => void>();
  const collect = (chunk: Buffer) => {
    printed += chunk;
    for (const check of waiting) check();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return {
    child,
    exited: new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
    }),
    /** Waits until the output matches. */
    printed: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const check = () => {
          const match = pattern.exec(printed);
          if (!match) return;
          clearTimeout(patience);
          waiting.delete(check);
          resolve(match);
        };
        const patience = setTimeout(() => reject(new Error(`never printed ${pattern}, but:\n${printed}`)), 15_000);
        waiting.add(check);
        check();
      }),
  };
}

/** A directory with files, as `{ 'a/b.ts': 'content' }`. */
export function directory(files: Record<string, string | Uint8Array> = {}): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'dx-compat-cli-')));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return root;
}

export { isDxCompat };
