import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { evaluate, project } from './host';

const files = {
  'app.mjs': `import Default, { escapeHTML, version as v } from 'bun';
    import { Database } from 'bun:sqlite';
    import './all.mjs';
    const { a } = new Database(':memory:').query('select 1 as a').get();
    console.log(JSON.stringify([Default === globalThis.Bun, escapeHTML('<'), v === Bun.version, a, globalThis.all]));`,
  'all.mjs': `import * as everything from 'bun'; import { expect } from 'bun:test';
    globalThis.all = [typeof everything.serve, typeof expect];`,
  'entry.cjs': `const { escapeHTML } = require('bun');
    import('bun:sqlite').then((m) => console.log(JSON.stringify([escapeHTML('>'), typeof m.Database])));`,
  'first.mjs': `import 'dx-compat'; const { Database } = await import('bun:sqlite'); console.log(JSON.stringify(typeof Database));`,
  'required.cjs': `require('dx-compat'); import('./all.mjs').then(() => console.log(JSON.stringify(globalThis.all)));`,
  'threads.mjs': `import { Worker } from 'node:worker_threads';
    new Worker(new URL('./worker.mjs', import.meta.url)).on('message', (text) => console.log(JSON.stringify(text)));`,
  'worker.mjs': `import { escapeHTML } from 'bun'; import { parentPort } from 'node:worker_threads'; parentPort.postMessage(escapeHTML('&'));`,
  'wrong.mjs': `const codes = [];
    for (const name of ['bun:nope', './bad.mjs']) await import(name).catch((error) => codes.push(error.name));
    console.log(JSON.stringify(codes));`,
  'bad.mjs': `import { nope } from 'bun';`,
};
const all = ['function', 'function'];

// About Node as the host, without the loader: Bun has nothing to install.
describe.skipIf(!isDxCompat)('bun and bun:* for import', () => {
  test.each([
    ['node -r dx-compat, an ES module', ['-r', 'dx-compat', 'app.mjs'], [true, '&lt;', true, 1, all]],
    ['node --import dx-compat', ['--import', 'dx-compat', 'app.mjs'], [true, '&lt;', true, 1, all]],
    ['import() in CommonJS', ['-r', 'dx-compat', 'entry.cjs'], ['&gt;', 'function']],
    ["import 'dx-compat', then import()", ['first.mjs'], 'function'],
    ["require('dx-compat'), then import()", ['required.cjs'], all],
    ['a worker thread', ['-r', 'dx-compat', 'threads.mjs'], '&amp;'],
    [
      'after dx-compat/register',
      ['-r', 'dx-compat', '-r', 'dx-compat/register', 'app.mjs'],
      [true, '&lt;', true, 1, all],
    ],
  ])('%s', (_, args, expected) => {
    using app = project(files);
    expect(evaluate(app.folder, ...args)).toEqual(expected);
  });

  test('what is not there is an error', () => {
    using app = project(files);
    expect(evaluate(app.folder, '-r', 'dx-compat', 'wrong.mjs')).toEqual(['Error', 'SyntaxError']);
  });
});
