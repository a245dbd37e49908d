import { expect, test } from 'bun:test';
import { program } from './program';

const runtime = `export const Fragment = 'frag';
  const node = (kind: string) => (type: any, props: any, key: any) => ({ kind, type: type?.name ?? type, props, key });
  export const jsxDEV = node('dev'); export const jsx = node('jsx'); export const jsxs = node('jsxs');`;

const main = `const C = () => null; const rest = { a: 1, key: 'spread' };
  console.log(JSON.stringify([<div id="1"><b>t &amp; u</b>{2}</div>, <C key="k" a={1} b />, <>x</>, <C {...rest} />, <a-b xlink:href="q" />]));`;

const expected = (kind: string, kinds = kind) => [
  { kind: kinds, type: 'div', props: { id: '1', children: [{ kind, type: 'b', props: { children: 't & u' } }, 2] } },
  { kind, type: 'C', props: { a: 1, b: true }, key: 'k' },
  { kind, type: 'frag', props: { children: 'x' } },
  { kind, type: 'C', props: { a: 1, key: 'spread' } },
  { kind, type: 'a-b', props: { 'xlink:href': 'q' } },
];

test('jsxImportSource of a comment: the development runtime', () => {
  using app = program({
    'lib/jsx-dev-runtime.ts': runtime,
    'lib/jsx-runtime.ts': runtime,
    'main.tsx': `/** @jsxImportSource ./lib */\n${main}`,
  });
  expect(app.json('main.tsx', { NODE_ENV: 'development' })).toEqual(expected('dev'));
});

test('jsxImportSource of tsconfig.json, as a package', () => {
  using app = program({
    'tsconfig.json': `{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "pkg", }, }`,
    'node_modules/pkg/jsx-dev-runtime.ts': runtime,
    'node_modules/pkg/jsx-runtime.ts': runtime,
    'main.tsx': `console.log(JSON.stringify([<p/>].map((node: any) => [node.type, typeof node.kind])))`,
  });
  expect(app.json('main.tsx')).toEqual([['p', 'string']]);
});

test('jsxFactory and jsxFragmentFactory of tsconfig.json', () => {
  using app = program({
    'tsconfig.json': `{ "compilerOptions": { "jsx": "react", "jsxFactory": "h", "jsxFragmentFactory": "F" } }`,
    'h.ts': `export const F = 'F'; export const h = (type: any, props: any, ...children: any[]) => ({ type, props, children });`,
    'main.tsx': `import { h, F } from './h'; console.log(JSON.stringify(<div id="1"><>x{1}</></div>));`,
  });
  expect(app.json('main.tsx')).toEqual({
    type: 'div',
    props: { id: '1' },
    children: [{ type: 'F', props: null, children: ['x', 1] }],
  });
});

test('a pragma counts wherever it stands', () => {
  using app = program({
    'main.tsx': `const h = (type: any) => type; const Part = 'part';
      /** @jsx h */
      /** @jsxRuntime classic */ /* @jsxFrag Part */
      console.log(JSON.stringify([<b />, <></>]));`,
  });
  expect(app.json('main.tsx')).toEqual(['b', 'part']);
});

test('a key after a spread: createElement, with the properties that were written', () => {
  using app = program({
    'node_modules/pkg/index.ts': `export const createElement = (...given: unknown[]) => given;`,
    'node_modules/pkg/jsx-dev-runtime.ts': runtime,
    'main.tsx': `/** @jsxImportSource pkg */ const rest = { a: 1 }; const one = <b {...rest} key="k" />; console.log(JSON.stringify([one, <i />]));`,
  });
  const env = { NODE_ENV: 'development' };
  expect(app.json('main.tsx', env)).toEqual([['b', { a: 1, key: 'k' }], { kind: 'dev', type: 'i', props: {} }]);
});

test('the tsconfig.json of the working directory says how code is emitted, not the one nearest to a file', () => {
  using app = program({
    'tsconfig.json': `{ "compilerOptions": { "jsx": "react", "jsxFactory": "outer" } }`,
    'part/tsconfig.json': `{ "compilerOptions": { "jsx": "react", "jsxFactory": "inner", "paths": { "@/*": ["./*"] } } }`,
    'part/made.ts': `export const outer = (type: string) => 'outer ' + type; export const inner = (type: string) => 'inner ' + type;`,
    'part/main.tsx': `import { inner, outer } from '@/made'; console.log(JSON.stringify([<b />, typeof inner]));`,
  });
  expect(app.json('part/main.tsx')).toEqual(['outer b', 'function']);
});

test('props that are named after their value; > and } in text', () => {
  using app = program({
    'main.tsx': `/** @jsxRuntime classic */ /** @jsx h */
      const h = (type: any, props: any, ...children: any[]) => [props, ...children];
      const a = 1, rest = { z: 0 }, deep = { b: { c: 2 }, d: 3, 'e': 4 };
      console.log(JSON.stringify([<x {a} />, <x { /* one */ a } y="1" {...rest} {deep.b.c} {deep?.d} {deep['e']} {"f"}
        {a!} />, <x>a > b } c &gt; {a} > {a} => }</x>]));`,
    'wrong.tsx': `const a = () => 1;\n\nexport const b = <x {a} {a()} />;`,
  });
  expect(app.json('main.tsx')).toEqual([
    [{ a: 1 }],
    [{ a: 1, y: '1', z: 0, c: 2, d: 3, e: 4, f: 'f' }],
    [null, 'a > b } c > ', 1, ' > ', 1, ' => }'],
  ]);
  const { status, stderr } = app.run('wrong.tsx');
  expect([status, stderr.includes('wrong.tsx:3:')]).toEqual([1, true]);
});
