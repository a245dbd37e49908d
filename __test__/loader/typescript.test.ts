import { expect, test } from 'bun:test';
import { program } from './program';

test('enums, namespaces, parameter properties, fields', () => {
  using app = program({
    'main.ts': `
      enum E { A, B = 5, C } enum Text { A = 'a', B = \`b\${1}\`, C = A + 'c' } const enum CE { X = 1 << 3, Y = X | 1 }
      namespace N { export const a = 1; export namespace M { export const f = () => a + 1 } } namespace N { export let b = 2 }
      import M = N.M;
      class P { constructor(public a: number, private readonly b = 2) {} declare z: number; y!: string; get sum() { return this.a + this.b } }
      abstract class Q { abstract m(): void; k(this: Q) { return 1 } }
      class R extends Q { override m() {} static s = 1; accessor t = 3 }
      const v = { a: 1 } satisfies object; const g = <T,>(x: T): x is T => true; let w = <number>v!.a;
      console.log(JSON.stringify([E.A, E[5], E.C, Text, CE.Y, N.a, M.f(), N.b, new P(1).sum, Object.keys(new P(1)), new R().k(), new R().t, g(1), w]));`,
  });
  const text = { A: 'a', B: 'b1', C: 'ac' };
  expect(app.json('main.ts')).toEqual([0, 'B', 6, text, 9, 1, 2, 2, 3, ['a', 'b', 'y'], 1, 3, true, 1]);
});

test('imports that are only used as types are dropped', () => {
  using app = program({
    'main.ts': `import type { A } from './missing'; import { type B, C } from './missing-too'; import { D } from './other';
      export type { A, B }; let c: C | undefined; let d: typeof D; console.log(JSON.stringify([typeof c]));`,
    'other.ts': `console.log('never'); export const D = 1;`,
  });
  expect(app.json('main.ts')).toEqual(['undefined']);
});

test('import = require() and export =', () => {
  using app = program({
    'lib.ts': `import path = require('node:path'); class K { static v = 3 } export = { K, joined: path.posix.join('a', 'b') };`,
    'main.ts': `import lib from './lib'; import { K } from './lib'; import again = require('./lib');
      console.log(JSON.stringify([lib.joined, K.v, again.K.v]));`,
  });
  expect(app.json('main.ts')).toEqual(['a/b', 3, 3]);
});

test('using and await using dispose in reverse order', () => {
  using app = program({
    'main.ts': `const log: string[] = [];
      { using a = { [Symbol.dispose]() { log.push('a') } }; using b = { [Symbol.dispose]() { log.push('b') } }; log.push('in') }
      { await using c = { async [Symbol.asyncDispose]() { log.push('c') } }; using none = null; log.push('in') }
      console.log(JSON.stringify(log));`,
  });
  expect(app.json('main.ts')).toEqual(['in', 'b', 'a', 'in', 'c']);
});

test('legacy decorators with metadata', () => {
  using app = program({
    'tsconfig.json': `{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } } // comment`,
    'main.ts': `const log: any[] = [];
      (Reflect as any).metadata = (key: string, value: any) => (_: any, name?: string) => { log.push([key, name, Array.isArray(value) ? value.map((v) => v?.name) : value?.name]) };
      function member(target: any, key: string, descriptor?: any) { log.push([typeof target, key, typeof descriptor]) }
      function param(target: any, key: any, index: number) { log.push(['param', key, index]) }
      function replace(target: any): any { return class extends target { extra = 1 } }
      class Dep {}
      @replace class A { @member m(@param a: number, b: Dep): Promise<void> { return null as any } constructor(private dep: Dep) {} }
      console.log(JSON.stringify([...log, new (A as any)().extra]));`,
  });
  expect(app.json('main.ts')).toEqual([
    ['design:returntype', 'm', 'Promise'],
    ['design:paramtypes', 'm', ['Number', 'Dep']],
    ['design:type', 'm', 'Function'],
    ['param', 'm', 0],
    ['object', 'm', 'object'],
    ['design:paramtypes', null, ['Dep']],
    1,
  ]);
});

test('standard decorators: order of evaluation, application and initialization', () => {
  using app = program({
    'main.ts': `const log: string[] = [];
      const d = (name: string) => { log.push('eval ' + name); return (value: any, context: any) => {
        log.push(['apply', name, context.kind, String(context.name), context.static].join(' '));
        context.addInitializer(function () { log.push('init ' + name) });
        if (context.kind === 'field') return (initial: any) => { log.push('value ' + name); return initial };
      } };
      const key = (name: string) => { log.push('key ' + name); return name };
      @d('c1') @d('c2') class A {
        @d('f1') @d('f2') f = 1; @d('m') [key('m')]() { return A } @d('sf') static sf = 2; @d('sm') static sm() {}
        @d('acc') accessor acc = 4; static { log.push('static block') } constructor() { log.push('constructor') }
      }
      new A();
      console.log(JSON.stringify(log));`,
  });
  expect(app.json('main.ts')).toEqual([
    ...['eval c1', 'eval c2', 'eval f1', 'eval f2', 'eval m', 'key m', 'eval sf', 'eval sm', 'eval acc'],
    ...['apply sm method sm true', 'apply m method m false', 'apply acc accessor acc false', 'apply sf field sf true'],
    ...['apply f2 field f false', 'apply f1 field f false', 'apply c2 class A ', 'apply c1 class A '],
    ...['init sm', 'value sf', 'init sf', 'static block', 'init c2', 'init c1'],
    ...['init m', 'value f1', 'value f2', 'init f2', 'init f1', 'init acc', 'constructor'],
  ]);
});

test('standard decorators replace methods, accessors, values and classes', () => {
  using app = program({
    'main.ts': `
      const twice = (f: Function, _: any) => function (this: any) { return f.call(this) * 2 };
      const shift = (v: any, _: any) => ({ get() { return v.get.call(this) + 1 }, set(x: any) { v.set.call(this, x * 2) }, init: (x: any) => x + 10 });
      const wrap = (C: any, _: any) => class extends C { extra = 1 } as any;
      const named = (_: any, c: any) => (x: any) => c.name + x + c.private;
      class M { @twice x() { return 21 } @twice static y() { return 4 } @shift accessor z = 1; @named #p = 5; get p() { return this.#p } @twice get q() { return 8 } }
      @wrap class R { static self = R; m() { return R } }
      const X = class { @twice q() { return 3 } };
      const m = new M(); const before = m.z; m.z = 5;
      console.log(JSON.stringify([m.x(), M.y(), before, m.z, m.p, m.q, (new R() as any).extra, new R().m() === R, R.self === R, new X().q()]));`,
  });
  expect(app.json('main.ts')).toEqual([42, 8, 12, 11, '#p5true', 16, 1, true, true, 6]);
});

test('a stack trace names the line of the source', () => {
  using app = program({
    'main.ts': `interface Gone {
  a: string;
}

enum Kept { A }
function thrower(value: number): never {
  throw new Error('boom');
}
try {
  thrower(Kept.A);
} catch (error) {
  const frames = (error as Error).stack!.split('\\n').slice(1, 3);
  console.log(JSON.stringify(frames.map((frame) => /([^\\\\/]+:\\d+):\\d+\\)?$/.exec(frame)?.[1])));
}`,
  });
  expect(app.json('main.ts')).toEqual(['main.ts:7', 'main.ts:10']);
});

test('.mts and .cts; a byte order mark; CRLF; a NUL and a lone byte in a string', () => {
  using app = program({
    'lib.cts': `import path = require('node:path'); import type { X } from './gone'; export = { sep: path.posix.sep };`,
    'marked.ts': '\ufeffconst x: number = 1;\r\nexport default x;\r\n',
    'nul.ts': 'export default "a\0b".length;',
    'main.mts': `import lib from './lib.cjs'; import again from './lib.cts'; import marked from './marked'; import nul from './nul';
      console.log(JSON.stringify([lib.sep, again.sep, marked, nul]));`,
  });
  expect(app.json('main.mts')).toEqual(['/', '/', 1, 3]);
});

test('a source that nests deeply is an error at most', () => {
  using app = program({
    'main.ts': `import fs from 'node:fs';
      const write = (name: string, text: string) => fs.writeFileSync(name, 'export default ' + text);
      write('parens.ts', '('.repeat(20000) + '1' + ')'.repeat(20000)); write('sum.ts', '1+'.repeat(30000) + '1'); write('not.ts', '!'.repeat(30000) + '1'); write('open.ts', '['.repeat(300000));
      for (const name of ['parens', 'sum', 'not', 'open']) await import('./' + name + '.ts').catch(() => {});
      console.log(JSON.stringify(['alive']));`,
  });
  expect(app.json('main.ts')).toEqual(['alive']);
});

test('imports that nothing uses as a value are dropped, whatever verbatimModuleSyntax says', () => {
  using app = program({
    'tsconfig.json': `{ "compilerOptions": { "verbatimModuleSyntax": true, "preserveValueImports": true } }`,
    'types.ts': `export type T = 1; (globalThis as any).ran = 'types';`,
    'values.ts': `export const V = 1; (globalThis as any).ran = 'values';`,
    'main.ts': `import { T } from './types'; import { V } from './values'; let x: T | typeof V = 1; console.log(JSON.stringify([x, (globalThis as any).ran ?? null]));`,
  });
  expect(app.json('main.ts')).toEqual([1, null]);
});

test('types are read, not checked', () => {
  using app = program({
    'main.ts': `
      class A { constructor(x?: number); m(): void; n(a: string): string; readonly public x = 1; public private y = 2; static override z = 3; private #p = 4; p() { return this.#p }
        set s(v: number): void { this.x = v } public [k: string]: any; abstract gone(): void; async public later() { return 1 } accessor q? = 5 }
      abstract class B { abstract m() { return 1 } private abstract v: number; abstract w = 1; has() { return 'w' in this } }
      function over(a: string): void;
      function optional(a?: number, b: number, c?: number = 3) { return [a, b, c] }
      function rest(...a?: number[]) { return a.length }
      declare const ambient = 1; declare function body() { return 1 }
      declare namespace D { declare const x: number; call(); }
      interface I implements J { public x: number; [k: boolean]: string } type T = [a?: string, b: string, ...c: string[], ...d: string[]];
      type string = 1; interface any {} let late!: number = 6; let list: readonly Map<string> = [] as any;
      import type { type X } from './nowhere'; export type { type Y } from './nowhere';
      try { declare global { var g: number } } catch {}
      const a = new A() as any; a.s = 7;
      console.log(JSON.stringify([a.x, a.y, (A as any).z, a.p(), a.q, new (B as any)().has(), optional(1, 2), rest(1, 2), late, list, Object.keys(a), 'm' in a]));`,
  });
  expect(app.json('main.ts')).toEqual([7, 2, 3, 4, 5, false, [1, 2, 3], 2, 6, [], ['x', 'y'], false]);
});
