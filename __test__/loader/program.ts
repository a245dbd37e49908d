/** Runs small programs on the runtime that runs the tests: Bun, or the command line of dx-compat. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Program extends Disposable {
  folder: string;
  /** Runs a file and gives what it prints. */
  run(file: string, env?: Record<string, string>): { status: number | null; stdout: string; stderr: string };
  /** Runs a file that prints JSON in one line. */
  json(file: string, env?: Record<string, string>): any;
}

/** A folder with the files given by name. */
export function program(files: Record<string, string>): Program {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'dx-loader-')));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const run: Program['run'] = (file, env = {}) => {
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env }, timeout: 30_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], options);
    return { status, stdout, stderr };
  };
  return {
    folder,
    run,
    json(file, env) {
      const { status, stdout, stderr } = run(file, env);
      if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
      return JSON.parse(stdout);
    },
    [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
