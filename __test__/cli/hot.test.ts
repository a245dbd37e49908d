/** `--hot`: modules run again in the same process; what they put on `globalThis`, and the server, stay. */
import { afterAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { directory, start } from './command';

const running: ReturnType<typeof start>[] = [];
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
});

function hot(files: Record<string, string>) {
  const cwd = directory(files);
  const program = start(['--hot', 'main.ts'], { cwd, env: { BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD: 'true' } });
  running.push(program);
  return { ...program, write: (name: string, text: string) => writeFileSync(path.join(cwd, name), text) };
}

test('modules of every kind run again; errors wait for the next edit', async () => {
  const { printed, write, child, exited } = hot({
    'main.ts': `import { part } from './part'; import json from './data.json'; import text from './text.txt' with { type: 'text' };
      const cjs = require('./cjs.cjs'); const { late } = await import('./late'); globalThis.runs = (globalThis.runs ?? 0) + 1;
      console.log([globalThis.runs, part, json.a, text, cjs.b, late, import.meta.main, import.meta.url.endsWith('main.ts')].join());
      globalThis.timer ??= setInterval(() => {}, 1000);`,
    'part.ts': `export const part = 'p1';`,
    'data.json': '{ "a": 1 }',
    'text.txt': 't1',
    'cjs.cjs': `exports.b = 'c1';`,
    'late.ts': `export const late = 'l1';`,
  });
  await printed(/^1,p1,1,t1,c1,l1,true,true\n/m);
  write('part.ts', `export const part = 'p2';`);
  await printed(/^2,p2,1,t1,c1,l1,true,true\n/m);
  write('data.json', '{ "a": 2 }');
  await printed(/^3,p2,2,t1,c1,l1,true,true\n/m);
  write('text.txt', 't2');
  await printed(/^4,p2,2,t2,c1,l1,true,true\n/m);
  write('cjs.cjs', `exports.b = 'c2';`);
  await printed(/^5,p2,2,t2,c2,l1,true,true\n/m);
  write('late.ts', `export const late = 'l2';`);
  await printed(/^6,p2,2,t2,c2,l2,true,true\n/m);
  write('part.ts', `export const part = ;`);
  await printed(/part\.ts:1/);
  write('part.ts', `throw new Error('at once'); export const part = '';`);
  await printed(/error: at once/);
  write('part.ts', `setTimeout(() => { throw new Error('later'); }); export const part = 'p3';`);
  // Which comes first depends on how long `await import` takes.
  await printed(/^7,p3[^]*error: later|error: later[^]*^7,p3/m);
  write('part.ts', `Promise.reject(new Error('rejected')); export const part = 'p4';`);
  await printed(/^8,p4[^]*error: rejected|error: rejected[^]*^8,p4/m);
  write('part.ts', `export const part = 'p5';`);
  await printed(/^9,p5/m);
  child.kill('SIGTERM');
  expect((await exited).signal).toBe('SIGTERM');
}, 60_000);

test('a server goes on with new handlers', async () => {
  const source = (answer: string) =>
    `const server = Bun.serve({ port: 0, fetch: () => new Response('${answer}') });
     globalThis.first ??= server; console.log('${answer}', server === globalThis.first, server.port, '.');`;
  const { printed, write } = hot({ 'main.ts': source('one') });
  const [, port] = await printed(/^one true (\d+) \.\n/m);
  const answer = async () => (await fetch(`http://localhost:${port}/`)).text();
  expect(await answer()).toBe('one');
  write('main.ts', source('two'));
  await printed(new RegExp(`^two true ${port} \\.\\n`, 'm'));
  expect(await answer()).toBe('two');
  write('main.ts', `globalThis.first.stop(true); ${source('three').replace('first ??=', 'first =')}`);
  await printed(/^three true \d+ \.\n/m);
  expect(await answer().catch((error) => error.code)).not.toBe('two');
}, 30_000);
