import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { evaluate, project } from './host';

const typescript = `import { greet } from './greet';
  enum Colour { Red = 'red' }
  const answer: string = greet(Colour.Red as string);
  console.log(JSON.stringify({ answer, bun: typeof Bun.version }));`;
const greet = 'export const greet = (name: string): string => `hello ${name}`;';

// About Node as the host: Bun has nothing to load.
describe.skipIf(!isDxCompat)('dx-compat/register', () => {
  test.each([
    ['-r', 'plain.js'],
    ['--import', 'plain.js'],
    ['-r', 'plain.ts'],
    ['--import', 'plain.ts'],
    ['-r', 'common.js'],
  ])('%s, a first file without imports: %s', (flag, file) => {
    using app = project({
      'plain.js': 'console.log(JSON.stringify(typeof Bun));',
      'plain.ts': 'const bun: string = typeof Bun; console.log(JSON.stringify(bun));',
      'common.js': 'exports.bun = typeof Bun; console.log(JSON.stringify(exports.bun));',
    });
    expect(evaluate(app.folder, flag, 'dx-compat/register', file)).toBe('object');
  });

  test('node --import runs TypeScript and bun: modules', () => {
    using app = project({ 'main.ts': typescript, 'greet.ts': greet });
    expect(evaluate(app.folder, '--import', 'dx-compat/register', 'main.ts')).toEqual({
      answer: 'hello red',
      bun: 'string',
    });
  });

  test('node -r runs TypeScript as well', () => {
    using app = project({ 'main.ts': typescript, 'greet.ts': greet });
    expect(evaluate(app.folder, '-r', 'dx-compat/register', 'main.ts')).toEqual({ answer: 'hello red', bun: 'string' });
  });

  test('twice is harmless', () => {
    using app = project({ 'main.ts': typescript, 'greet.ts': greet });
    const args = ['--import', 'dx-compat/register', '-r', 'dx-compat/register', '-r', 'dx-compat'];
    expect(evaluate(app.folder, ...args, 'main.ts').answer).toBe('hello red');
  });

  test("the module 'bun' resolves for import and for require", () => {
    using app = project({
      'main.mjs': `import Default, { escapeHTML } from 'bun'; import { createRequire } from 'node:module';
        const required = createRequire(import.meta.url)('bun');
        console.log(JSON.stringify([Default === globalThis.Bun, escapeHTML('<'), required === globalThis.Bun]));`,
    });
    expect(evaluate(app.folder, '--import', 'dx-compat/register', 'main.mjs')).toEqual([true, '&lt;', true]);
  });

  test('reaches worker threads, and each has a Bun of its own', () => {
    using app = project({
      'main.mjs': `import { Worker } from 'node:worker_threads';
        const results = await Promise.all([1, 2, 3].map((n) => new Promise((resolve, reject) => {
          const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: n });
          worker.on('message', resolve); worker.on('error', reject);
        })));
        console.log(JSON.stringify({ results, own: Bun.mark === undefined }));`,
      'worker.mjs': `import { parentPort, workerData } from 'node:worker_threads';
        Bun.mark = workerData; parentPort.postMessage(Bun.escapeHTML('<') + Bun.hash?.name + workerData);`,
    });
    const { results, own } = evaluate(app.folder, '--import', 'dx-compat/register', 'main.mjs');
    expect(own).toBe(true);
    expect(results.map((text: string) => text.at(-1))).toEqual(['1', '2', '3']);
  });
});

describe.skipIf(!isDxCompat)('worker threads', () => {
  test('each loads the binary for itself; ending one harms no other', () => {
    using app = project({
      'main.cjs': `const { Worker, isMainThread, parentPort } = require('node:worker_threads');
        const Bun = require('dx-compat');
        const work = () => Bun.password.verifySync('secret', Bun.password.hashSync('secret', { algorithm: 'bcrypt', cost: 4 }));
        if (!isMainThread) parentPort.postMessage(work());
        else (async () => {
          const results = [];
          for (let round = 0; round < 3; round++) {
            results.push(...await Promise.all([1, 2].map(() => new Promise((resolve, reject) => {
              const worker = new Worker(__filename);
              let got; worker.on('message', (value) => (got = value)); worker.on('error', reject);
              worker.on('exit', () => resolve(got));
            }))));
          }
          console.log(JSON.stringify({ results, main: work() }));
        })();`,
    });
    const { results, main } = evaluate(app.folder, 'main.cjs');
    expect(results).toEqual(Array(6).fill(true));
    expect(main).toBe(true);
  });
});
