import { expect, test } from 'bun:test';
import { program } from './program';

/** Prints what a TypeScript program gives. */
function value(source: string, expression: string, name = 'main.ts', files: Record<string, string> = {}) {
  using app = program({ [name]: `${source}\nconsole.log(JSON.stringify(${expression}));`, ...files });
  return app.json(name);
}

test('parts of a namespace see the exports of the others', () => {
  const parts = `
    namespace N { export const a = 1; export function f() { return this === N } export class C { v = 3 }; const hidden = 1; export type T = number }
    namespace N { export const c = a + 5; export const o = { a, c }; export const called = f(); export const made = new C().v; export const t = typeof hidden }
    namespace N { export const late = () => a + c }`;
  expect(value(parts, '[N, N.late()]')).toEqual([
    { a: 1, c: 6, o: { a: 1, c: 6 }, called: true, made: 3, t: 'undefined' },
    7,
  ]);
});

test('an exported variable is the property of the namespace', () => {
  const source = `
    namespace N { export let b = 2, unset: number | undefined; export var list = [b]; export function step() { b++; b += 10; [b] = [b * 2]; ({ b } = { b: b + 1 }); for (b of [b]); return b } }
    const before = N.b; N.b = 5; const after = N.step();`;
  expect(value(source, '[before, after, N, "unset" in N]')).toEqual([2, 33, { b: 33, list: [2] }, false]);
});

test('destructuring in an export', () => {
  const source = `
    namespace N { export const { p, q: [r, , s = 9, ...rest], ['x' + 1]: y, ...others } = { p: 1, q: [2, 3, undefined, 4, 5], x1: 6, z: 7 }; export const sum = p + r + s + y }`;
  expect(value(source, 'N')).toEqual({ p: 1, r: 2, s: 9, rest: [4, 5], y: 6, others: { z: 7 }, sum: 18 });
});

test('dotted and nested namespaces', () => {
  const source = `
    namespace A.B { export const x = 1; export namespace Deep { export const d = x } }
    namespace A.B { export const y = x + Deep.d }
    namespace A { export namespace B { export const z = x + y } import k = B.x; export const viaImport = k; export import again = B.z }
    namespace A.B.Deep { export const e = d + x }`;
  expect(value(source, 'A')).toEqual({
    B: { x: 1, Deep: { d: 1, e: 2 }, y: 2, z: 3 },
    viaImport: 1,
    again: 3,
  });
});

test('namespaces merged with a function, a class and an enum', () => {
  const source = `
    function F() { return F.x } namespace F { export let x = 3; export const same = F }
    class K { static s = 1; m() { return K.t } } namespace K { export const t = K.s + 1 } namespace K { export const u = t + 1 }
    enum E { a, b } namespace E { export function next(e: E) { return e + 1 } } namespace E { export const c = next(E.a) }`;
  expect(value(source, '[F(), F.same === F, new K().m(), K.u, E.b, E[1], E.c]')).toEqual([3, true, 2, 3, 1, 'b', 1]);
});

test('a namespace that holds its own name', () => {
  const source = `
    namespace S { export class S { v = 1 } export let i = new S() } namespace S { export const j = i.v }`;
  expect(value(source, '[S.i instanceof S.S, S.j]')).toEqual([true, 1]);
});

test('parts of an enum see the members of the others', () => {
  const source = `
    const m = 'x'.length;
    enum Q { a = 1, b = \`x\${a}\`, c = m, s = 's' + b } enum Q { d = a + 1, e = Q.a, f = c + 1, g = s }
    const enum W { a = 1 << 3, b = 'q', c = a | 1 } enum R { a = W.a, b = W.c + 1, c = Q.d }
    namespace N { export enum E { X = 1 } } namespace N { export enum E { Y = X + 1, Z = Y << 1 } export const all = [E.X, E.Z] }`;
  expect(value(source, '[Q, W.b, R, N]')).toEqual([
    { 1: 'e', 2: 'f', a: 1, b: 'x1', c: 1, s: 'sx1', d: 2, e: 1, f: 2, g: 'sx1' },
    'q',
    { 2: 'c', 8: 'a', 10: 'b', a: 8, b: 10, c: 2 },
    { E: { 1: 'X', 2: 'Y', 4: 'Z', X: 1, Y: 2, Z: 4 }, all: [1, 4] },
  ]);
});

test('export import, exported namespaces, JSX', () => {
  const lib = `export namespace N { export const a = 1 } export namespace N { export const b = a + 1 } export import ex = N.b; export namespace Only { export type T = 1 }`;
  const main = `import * as lib from './lib'; const h = (type: any, props: any) => [type.name, props.v];
    namespace Ui { export function Box() {} export namespace In { export function Cell() {} } } namespace Ui { export const drawn = [<Box v={1} />, <In.Cell v={2} />] }`;
  const files = {
    'lib.ts': lib,
    'tsconfig.json': '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
  };
  expect(value(main, '[lib, Ui.drawn]', 'main.tsx', files)).toEqual([
    { N: { a: 1, b: 2 }, ex: 2 },
    [
      ['Box', 1],
      ['Cell', 2],
    ],
  ]);
});
