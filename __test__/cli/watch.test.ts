import { afterAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { directory, run, start } from './command';

const running: ReturnType<typeof start>[] = [];
afterAll(() => {
  for (const { child } of running) child.kill('SIGTERM');
});

function watch(cwd: string, args: string[]) {
  const program = start(args, { cwd, env: { BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD: 'true' } });
  running.push(program);
  return { ...program, write: (name: string, text: string) => writeFileSync(path.join(cwd, name), text) };
}

describe('--watch', () => {
  test('starts again when the entry or an import changes, also after an error', async () => {
    const cwd = directory({ 'main.ts': 'import "./part"; console.log("main 1")', 'part.ts': 'console.log("part 1")' });
    const { printed, write, child, exited } = watch(cwd, ['--watch', 'main.ts']);
    await printed(/part 1\nmain 1\n/);
    write('part.ts', 'console.log("part 2")');
    await printed(/part 2\nmain 1\n/);
    write('main.ts', 'import "./part"; throw new Error("broken")');
    await printed(/broken/);
    write('main.ts', 'import "./part"; console.log("main 3"); setInterval(() => {}, 1000)');
    await printed(/part 2\nmain 3\n/);
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('runs the handlers of SIGTERM before', async () => {
    const cwd = directory({
      'main.ts':
        'process.on("SIGTERM", () => { console.log("bye"); process.exit() }); setInterval(() => {}, 1000); console.log("ready")',
    });
    const { printed, write } = watch(cwd, ['--watch', 'main.ts']);
    await printed(/ready/);
    write('main.ts', 'console.log("second")');
    await printed(/bye\nsecond/);
  });

  test('process.exit ends it', () => {
    const cwd = directory({ 'main.ts': 'console.log(process.execArgv.join()); process.exit(3)' });
    expect(run(['--watch', 'main.ts'], { cwd })).toEqual({ stdout: '--watch\n', stderr: '', code: 3, signal: null });
  });

  test('a missing file', () => {
    expect(run(['--watch', 'missing.ts'], { cwd: directory() })).toMatchObject({
      stderr: 'error: Module not found "missing.ts"\n',
      code: 1,
    });
  });
});
