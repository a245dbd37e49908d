import { expect, test } from 'bun:test';
import { program } from './program';

test('a blob: URL is a module, in the language of its name or type', () => {
  using app = program({
    'main.ts': `import { writeFileSync } from 'node:fs';
      const url = (text: string, type = '', name = '') => URL.createObjectURL(name ? new File([text], name, { type }) : new Blob([text], { type }));
      const of = async (...args: [string, string?, string?]) => (await import(url(...args))).default;
      const inner = url('export default 7');
      const seen = [
        await of('export default 1 as number'), await of('export default 2 as number', 'application/typescript'), await of('export default 3', 'text/javascript'),
        await of('{"a":4}', 'application/json'), await of('{"a":5}', '', 'x.json'), await of('const a = <T,>(x: T) => x; export default a(6)', '', 'x.tsx'),
        await of(\`import x from "\${inner}"; export default x + 1\`), await of('export default await 9'),
        await of('import fs from "fs"; import { escapeHTML } from "bun"; export default typeof fs.readFileSync + escapeHTML("<")'),
        await of('import { n } from "./beside"; export default n'),
      ];
      const same = url('export default {}'); const first = await import(same);
      console.log(JSON.stringify([seen, first === await import(same)]));`,
    'beside.ts': `export const n: string = 'beside';`,
  });
  expect(app.json('main.ts')).toEqual([[1, 2, 3, { a: 4 }, { a: 5 }, 6, 8, 9, 'function&lt;', 'beside'], true]);
});

test('a blob: URL that is revoked or does not parse is refused; errors show its source', () => {
  using app = program({
    'main.ts': `const url = (text: string) => URL.createObjectURL(new Blob([text], { type: 'application/typescript' }));
      const name = (promise: Promise<unknown>) => promise.then(() => 'none', (error) => error.name === 'AggregateError' ? 'BuildMessage' : error.name);
      const gone = url('export {}'); URL.revokeObjectURL(gone);
      const at = url('\\n\\nexport function fails(very: any): Error { try { throw new Error("here"); } catch (error) { return error as Error; } }'); const { fails } = await import(at);
      console.log(JSON.stringify([await name(import(gone)), await name(import('blob:nope')), await name(import(url('export const = 1'))),
        fails(1).stack!.includes(at), Bun.inspect(fails(1)).includes('fails(very: any): Error')]));`,
  });
  expect(app.json('main.ts')).toEqual(['ResolveMessage', 'ResolveMessage', 'BuildMessage', true, true]);
});

test('a blob: URL that is revoked after an import is refused; what it imports and is not there is not found', () => {
  using app = program({
    'main.ts': `const url = (text: string) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      const facts = (promise: Promise<unknown>) => promise.then(() => 'none', (error) => [error instanceof ResolveMessage, error.name, error.code, error.specifier]);
      const at = url('export default 1'); await import(at); URL.revokeObjectURL(at);
      const dynamic = await import(url('export const load = () => import("no-such-package"); export default (error: any) => error.constructor === ResolveMessage'.replace(': any', '')));
      const error = await dynamic.load().catch((thrown: unknown) => thrown);
      console.log(JSON.stringify([
        (await facts(import(at)) as unknown[]).slice(0, 3), await facts(import(url('import "no-such-package"'))), await facts(import(url('export * from "no-such-package"'))), dynamic.default(error), error.code,
      ]));`,
  });
  const notFound = [true, 'ResolveMessage', 'ERR_MODULE_NOT_FOUND'];
  const missing = [...notFound, 'no-such-package'];
  expect(app.json('main.ts')).toEqual([notFound, missing, missing, true, 'ERR_MODULE_NOT_FOUND']);
});

test('a blob of JSON is JSON, with the names of its properties', () => {
  using app = program({
    'main.ts': `const of = (text: string, type = 'application/json', name = '') => import(URL.createObjectURL(name ? new File([text], name) : new Blob([text], { type }))).then(
        (all) => [Object.keys(all).sort(), all.default], (error) => [error.constructor === SyntaxError, error.message.split(':')[0]]);
      console.log(JSON.stringify(await Promise.all([
        of('{"a":1}'), of('[1]'), of('{"default":2}', 'application/json;charset=utf-8'), of('{"a":1,}'), of('{"a":1}//x'), of('{"a":'), of(''), of('{"a":1,}', '', 'x.json'),
      ])));`,
  });
  const refused = [true, 'JSON Parse error'];
  expect(app.json('main.ts')).toEqual([
    [['a', 'default'], { a: 1 }],
    [['__esModule', 'default'], [1]],
    [['default'], { default: 2 }],
    refused,
    refused,
    refused,
    refused,
    refused,
  ]);
});

test('import.meta of a blob', () => {
  using app = program({
    'main.ts': `const at = URL.createObjectURL(new Blob(['export default import.meta'])); const { default: meta } = await import(at);
      console.log(JSON.stringify([
        meta.url === 'file:///' + at, meta.path === '/' + at, meta.filename === '/' + at, meta.dir, meta.dirname, at.endsWith(meta.file), meta.main, meta.resolve('./x.js'),
        meta.resolveSync('./beside.ts') === import.meta.dir + '/beside.ts', meta.resolve('pack') === import.meta.resolve('pack'), meta.require('pack'),
      ]));`,
    'beside.ts': '',
    'node_modules/pack/index.js': 'module.exports = 5;',
  });
  expect(app.json('main.ts')).toEqual([true, true, true, '', '', true, false, 'file:///x.js', true, true, 5]);
});
