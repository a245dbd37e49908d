/**
 * Reads `scripts.txt` and runs its scripts, each in an empty folder of its own: with `Bun.$` of this process, with bash,
 * or with the real Bun.
 *
 * A line is a script; lines that start with a tab belong to the one before. `#! both: …` heads scripts on which bash and
 * Bun agree, `#! bash: …` what Bun lacks, `#! bun: …` what is Bun's own.
 */
import { $ } from 'bun';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export type Oracle = 'both' | 'bash' | 'bun';
export type Case = { oracle: Oracle; group: string; script: string };
export type Result = { code: number; stdout: string; stderr: string };

export function readCases(): Case[] {
  const cases: Case[] = [];
  let [oracle, group] = ['both' as Oracle, ''];
  for (const line of fs.readFileSync(path.join(import.meta.dir, 'scripts.txt'), 'utf8').split('\n')) {
    const head = /^#! (both|bash|bun): (.*)/.exec(line);
    if (head) [oracle, group] = [head[1] as Oracle, head[2]];
    else if (line.startsWith('\t')) cases.at(-1)!.script += `\n${line.slice(1)}`;
    else if (line) cases.push({ oracle, group, script: line });
  }
  return cases;
}

export function environment(folder: string): Record<string, string> {
  return { PATH: process.env.PATH!, HOME: `${folder}/home`, LC_ALL: 'C.UTF-8', TZ: 'UTC', TMPDIR: folder };
}

/** Runs scripts with the `$` of this runtime, a few at a time. */
export async function runHere(scripts: string[], folder: string): Promise<Result[]> {
  const results: Result[] = [];
  const run = async (script: string, index: number) => {
    const cwd = path.join(folder, String(index));
    fs.mkdirSync(cwd, { recursive: true });
    const command = $`${{ raw: script }}`;
    const output = await command.cwd(cwd).env(environment(folder)).quiet().nothrow();
    results[index] = {
      code: output.exitCode,
      stdout: output.stdout.toString().replaceAll(cwd, '.'),
      stderr: output.stderr.toString().replaceAll(cwd, '.'),
    };
  };
  const waiting = scripts.entries();
  const work = async () => {
    for (const [index, script] of waiting) {
      try {
        await run(script, index);
      } catch (error) {
        results[index] = { code: -1, stdout: '', stderr: String(error) };
      }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return results;
}

/** Runs scripts with one bash: each in a subshell. */
export function runInBash(scripts: string[], folder: string): Result[] {
  const driver = scripts.map((script, index) => {
    const own = path.join(folder, String(index));
    fs.mkdirSync(own, { recursive: true });
    fs.writeFileSync(`${own}.sh`, script);
    return `(cd ${own}; eval "$(< ${own}.sh)") > ${own}.out 2> ${own}.err < /dev/null; echo $? > ${own}.code`;
  });
  spawnSync('bash', ['-c', driver.join('\n')], { env: environment(folder) });
  return scripts.map((_, index) => {
    const read = (kind: string) => fs.readFileSync(path.join(folder, `${index}.${kind}`), 'utf8');
    return {
      code: Number(read('code')),
      stdout: read('out').replaceAll(path.join(folder, String(index)), '.'),
      stderr: read('err'),
    };
  });
}

/** Runs scripts with the pinned real Bun, in one process. */
export function runInBun(scripts: string[], folder: string): Result[] {
  const bun = path.join(import.meta.dir, '../../node_modules/.bin/bun');
  const input = path.join(folder, 'scripts.json');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(input, JSON.stringify(scripts));
  const { stdout, stderr } = spawnSync(bun, [import.meta.path, input, folder], { encoding: 'utf8', timeout: 30_000 });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

if (import.meta.main) {
  const [input, folder] = process.argv.slice(2);
  const results = await runHere(JSON.parse(fs.readFileSync(input, 'utf8')), path.join(folder, 'runs'));
  fs.writeSync(1, JSON.stringify(results));
  process.exit(0);
}
