import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { program } from './program';

const files = {
  'd.json': `{ "name": "x", "a-b": 1, "default": 3, "arr": [1] }`,
  'arr.json': `[1, 2]`,
  'd.jsonc': `// c\n{ "k": 1, /* x */ }`,
  'd.toml': `title = "t"\n[o]\nx = 1\ninf = inf\n`,
  'd.yaml': `a: 1\nn: ~\nl: [1, 2]\nref: &r { x: 1 }\nsame: *r\n`,
  'd.yml': `yes: no\n`,
  'd.json5': `{ k: 'v', h: 0xff, inf: Infinity, }`,
  'd.txt': 'hello\n',
  'd.css': 'a { color: red }',
  'd.wasm': '\0asm',
  'd.png': 'png',
  'd.html': '<b>hi</b>',
};

test('import: default, named and namespace', () => {
  using app = program({
    ...files,
    'main.ts': `const J = JSON.stringify; const base = (path: string) => path.split(/[\\\\/]/).pop();
      import j, * as jn from './d.json'; import { name } from './d.json'; import a, * as an from './arr.json'; import c, { k } from './d.jsonc';
      import y, * as yn from './d.yaml'; import yml from './d.yml'; import j5 from './d.json5'; import t, * as tn from './d.txt'; import { title, o } from './d.toml';
      import css, * as cssn from './d.css'; import w, * as wn from './d.wasm'; import png from './d.png'; import h from './d.html';
      console.log(J([j, Object.keys(jn), name, a, Object.keys(an), c, k, y, Object.keys(yn), yml, j5.h, j5.inf === Infinity, t, Object.keys(tn), title, o.x, o.inf === Infinity]
        .concat([css, Object.keys(cssn), base(w), Object.keys(wn), base(png), base(h.index)] as any)));`,
  });
  const yaml = { a: 1, n: null, l: [1, 2], ref: { x: 1 }, same: { x: 1 } };
  expect(app.json('main.ts')).toEqual([
    ...[{ name: 'x', 'a-b': 1, default: 3, arr: [1] }, ['a-b', 'arr', 'default', 'name'], 'x'],
    ...[[1, 2], ['__esModule', 'default'], { k: 1 }, 1],
    ...[yaml, ['a', 'default', 'l', 'n', 'ref', 'same'], { yes: 'no' }, 255, true],
    ...['hello\n', ['default'], 't', 1, true],
    ...[{}, ['__esModule', 'default'], 'd.wasm', ['__esModule', 'default'], 'd.png', 'd.html'],
  ]);
});

test('require', () => {
  using app = program({
    ...files,
    'main.cjs': `const text = require('./d.txt');
      console.log(JSON.stringify([require('./d.json'), require('./arr.json'), require('./d.jsonc'), require('./d.toml').o.x, require('./d.yaml').l, require('./d.json5').k,
        text.default, require('./d.css'), require('./d.json') === require('./d.json')]));`,
  });
  expect(app.json('main.cjs')).toEqual([
    ...[{ name: 'x', 'a-b': 1, default: 3, arr: [1] }, [1, 2], { k: 1 }, 1, [1, 2], 'v', 'hello\n', {}, true],
  ]);
});

test('with { type } chooses the loader, also for import()', () => {
  using app = program({
    ...files,
    'main.ts': `import text from './d.json' with { type: 'text' }; import file from './d.txt' with { type: 'file' }; import toml from './odd' with { type: 'toml' };
      const dynamic = await import('./arr.json', { with: { type: 'text' } });
      console.log(JSON.stringify([text, file.split(/[\\\\/]/).pop(), toml, dynamic.default]));`,
    odd: 'a = 1',
  });
  expect(app.json('main.ts')).toEqual([files['d.json'], 'd.txt', { a: 1 }, '[1, 2]']);
});

test('tsconfig.json and package.json may hold comments', () => {
  using app = program({
    'tsconfig.json': `{ // comment\n "compilerOptions": {}, "mine": 1, }`,
    'main.ts': `import { mine } from './tsconfig.json'; console.log(JSON.stringify([mine, require('./tsconfig.json').mine]));`,
  });
  expect(app.json('main.ts')).toEqual([1, 1]);
});

describe('what does not parse', () => {
  test('is a SyntaxError for JSON, a BuildMessage with its place for the others', () => {
    using app = program({
      'bad.json': '{bad',
      'bad.toml': 'a = 1\nb = \n',
      'bad.jsonc': '{\n "a": }',
      'main.ts': `const show = (e: any) => [e.name, e.position?.line ?? null, e.position?.file.split(/[\\\\/]/).pop() ?? null, e instanceof Error];
        const all: unknown[] = [];
        for (const name of ['./bad.json', './bad.toml', './bad.jsonc']) {
          all.push(show(await import(name).catch((e) => e)));
          try { require(name) } catch (e) { all.push(show(e)) }
        }
        console.log(JSON.stringify(all));`,
    });
    const json = ['SyntaxError', null, null, true];
    const toml = ['BuildMessage', 2, 'bad.toml', true];
    const jsonc = ['BuildMessage', 2, 'bad.jsonc', true];
    expect(app.json('main.ts')).toEqual([json, json, toml, toml, jsonc, jsonc]);
  });
});

test('hostile keys stay data', () => {
  using app = program({
    'd.toml': `"__proto__" = 1\n"a b" = "\\u2028'\\""\n`,
    'd.json5': `{ '__proto__': { x: 1 }, constructor: 2 }`,
    'main.ts': `import t from './d.toml'; import j from './d.json5';
      console.log(JSON.stringify([Object.keys(t), t['a b'].length, Object.getPrototypeOf(t) === Object.prototype, ({} as any).x === undefined, j.constructor]));`,
  });
  expect(app.json('main.ts')).toEqual([['__proto__', 'a b'], 3, true, true, 2]);
});

test('keys of TOML stay in the order of the text', () => {
  using app = program({
    'd.toml': `z = 1\na = 2\n[t]\ny = 1\nb = 2\n[c]\n`,
    'main.ts': `import d from './d.toml'; console.log(JSON.stringify([Object.keys(d), Object.keys(d.t)]));`,
  });
  expect(app.json('main.ts')).toEqual([
    ['z', 'a', 't', 'c'],
    ['y', 'b'],
  ]);
});

test('.text is text', () => {
  using app = program({ 'd.text': 'é', 'main.ts': `import d from './d.text'; console.log(JSON.stringify(d));` });
  expect(app.json('main.ts')).toBe('é');
});

test('JSON that does not parse is told of in the words of the engine', () => {
  using app = program({
    'd.json': `{"a":1,}`,
    'main.ts': `const e = await import('./d.json').catch((e) => e); console.log(JSON.stringify(e.message));`,
  });
  expect(app.json('main.ts')).toBe('JSON Parse error: Property name must be a string literal');
});

test('one file by two loaders in one module', () => {
  using app = program({
    'd.ts': 'export const x: number = 5;',
    'main.ts': `import text from './d.ts' with { type: 'text' }; import { x } from './d.ts'; console.log(JSON.stringify([text, x]));`,
  });
  expect(app.json('main.ts')).toEqual(['export const x: number = 5;', 5]);
});

test.skipIf(!isDxCompat)('one file by many loaders in one module (Bun gives all of them the first)', () => {
  using app = program({
    'd.dat': `{"a":1}`,
    'main.ts': `import text from './d.dat' with { type: 'text' }; import json from './d.dat' with { type: 'json' };
      import yaml from './d.dat' with { type: 'yaml' }; import path from './d.dat' with { type: 'file' };
      console.log(JSON.stringify([text, json, yaml, path.split(/[\\/]/).pop()]));`,
  });
  expect(app.json('main.ts')).toEqual(['{"a":1}', { a: 1 }, { a: 1 }, 'd.dat']);
});

// Bun gives HTML and an object.
test.if(isDxCompat)('Markdown and XML are refused, unless as text or as a file', () => {
  using app = program({
    'a.md': '# a',
    'a.xml': '<a>1</a>',
    'main.ts': `import text from './a.md' with { type: 'text' }; import file from './a.xml' with { type: 'file' };
      const codes = await Promise.all(['./a.md?1', './a.xml?1'].map((name) => import(name).catch((error) => error.code)));
      console.log(JSON.stringify([text, file.endsWith('a.xml'), codes]));`,
  });
  expect(app.json('main.ts')).toEqual(['# a', true, ['ERR_OPTION_UNSUPPORTED', 'ERR_OPTION_UNSUPPORTED']]);
});

test('an empty file of configuration is an empty object', () => {
  using app = program({
    'tsconfig.json': '',
    'blank.jsonc': '  \n',
    'main.ts': `import a from './tsconfig.json'; import b from './blank.jsonc'; console.log(JSON.stringify([a, b]));`,
  });
  expect(app.json('main.ts')).toEqual([{}, {}]);
});
