/** Standard decorators of private methods, and the names of anonymous classes; the rest is in typescript.test.ts. */
import { expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { program } from './program';

const decorate = `const log: any[] = [];
  function decorate(value: any, context: any) {
    log.push([context.kind, context.name, context.private, context.static, value.name]);
    context.addInitializer(() => log.push(['initialized', context.name]));
    if (context.kind === 'setter') return function (this: any, to: any) { return value.call(this, to + 1); };
    return function (this: any, ...rest: any[]) { return ['decorated', value.apply(this, rest)]; };
  }`;

test('private methods, getters and setters', () => {
  using app = program({
    'main.ts': `${decorate}
      class A {
        #x = 1;
        @decorate #method(a: number) { return this.#x + a; }
        @decorate *#generator() { yield this.#x; }
        @decorate get #both() { return this.#x; }
        @decorate set #both(to: any) { this.#x = to; }
        get #half() { return this.#x; }
        @decorate set #half(to: any) { this.#x = to; }
        @decorate static #fixed() { return this.name; }
        run() {
          const seen: any[] = [this.#method(5), [...(this.#generator() as any)[1]], A.#fixed()];
          this.#both = 10; seen.push(this.#both); this.#half = 20; seen.push(this.#half);
          return seen;
        }
      }
      const seen = new A().run();
      console.log(JSON.stringify({ seen, log }));`,
  });
  const { seen, log } = app.json('main.ts');
  expect(seen).toEqual([['decorated', 6], [1], ['decorated', 'A'], ['decorated', 11], 21]);
  expect(log).toEqual([
    ['method', '#fixed', true, true, '#fixed'],
    ['method', '#method', true, false, '#method'],
    ['method', '#generator', true, false, '#generator'],
    ['getter', '#both', true, false, 'get #both'],
    ['setter', '#both', true, false, 'set #both'],
    ['setter', '#half', true, false, 'set #half'],
    ['initialized', '#fixed'],
    ['initialized', '#method'],
    ['initialized', '#generator'],
    ['initialized', '#both'],
    ['initialized', '#both'],
    ['initialized', '#half'],
  ]);
});

test('a private method is one and the same for all, cannot be assigned, and context.access reaches it', () => {
  using app = program({
    'main.ts': `let access: any; const keep = (_: any, context: any) => { access = context.access; };
      class A {
        @keep #method() { return 'm'; }
        same(other: A) { return this.#method === other.#method; }
        assign() { try { (this as any).#method = 1; } catch (error: any) { return error.name; } }
      }
      const a = new A();
      console.log(JSON.stringify([a.same(new A()), a.assign(), access.has(a), access.has({}), access.get(a)(), Object.keys(access)]));`,
  });
  expect(app.json('main.ts')).toEqual([true, 'TypeError', true, false, 'm', ['has', 'get']]);
});

// Bun 1.4.5 does not compile it.
test.skipIf(!isDxCompat)('super in a decorated private method', () => {
  using app = program({
    'main.ts': `const same = (method: any) => method; class B { hi() { return 'hi'; } }
      class A extends B { @same #method() { return super.hi(); } run() { return this.#method(); } }
      console.log(JSON.stringify(new A().run()));`,
  });
  expect(app.json('main.ts')).toBe('hi');
});

test('an anonymous class is called after what it is given to', () => {
  using app = program({
    'main.ts': `const names: any[] = []; const see = (_: any, context: any) => { names.push(context.name); };
      const K = @see class {}; let L: any; L = @see class {}; const o = { M: @see class {} }; const P = (@see class {});
      const names2 = [K.name, L.name, o.M.name, P.name, (@see class {}).name];
      console.log(JSON.stringify([names, names2]));`,
  });
  const all = ['K', 'L', 'M', 'P', ''];
  expect(app.json('main.ts')).toEqual([all, all]);
});

test('experimentalDecorators: a decorated field is assigned, after the others; without a value it is none', () => {
  const accessor = `function accessor(target: any, key: string) {
      Object.defineProperty(target, key, { get() { return this['_' + key]; }, set(v) { this['_' + key] = 'set ' + v; }, configurable: true });
    }
    function plain(...given: any[]): any {}
    const keys = (object: any) => Object.keys(object).join();`;
  const classes = `class A { @plain a!: string; @accessor b = 1; c: any; d = 2; @plain 'e-f' = () => this.d; @plain 7 = 8; @plain static s: any; static t: any; @plain static u = 3; #p = 4; get p() { return this.#p; } @plain declare g: 1 }
    class Base { v = 'base'; set w(value: any) { this.v = 'w ' + value; } }
    class Sub extends Base { @plain declare v: string; @plain x!: number; @plain w = 5; }
    class Late extends Base { @plain a = this.v; constructor(public pp: number, a?: any) { super(); } }
    const a = new A() as any;
    console.log(JSON.stringify([keys(a), a.b, a['e-f'](), a[7], keys(A), a.p, keys(new Sub()), new Sub().v, keys(new Late(1)), new Late(1).a]));`;
  const run = (options: object) => {
    using app = program({
      'tsconfig.json': JSON.stringify({ compilerOptions: { experimentalDecorators: true, ...options } }),
      'main.ts': accessor + classes,
    });
    return app.json('main.ts');
  };
  const defined = ['7,c,d,_b,e-f', 'set 1', 2, 8, 't,u', 4, 'v', 'w 5', 'v,pp,a', 'base'];
  expect(run({})).toEqual(defined);
  expect(run({ emitDecoratorMetadata: true, target: 'ES2020' })).toEqual(defined);
});

test('useDefineForClassFields: false assigns every field', () => {
  using app = program({
    'tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": false, "experimentalDecorators": true } }',
    'main.ts': `class Base { log: any[] = []; set x(value: any) { this.log.push(value); } }
      function plain(...given: any[]): any {}
      class A extends Base { x = 1; @plain y = 2; z: any; constructor(public p: number) { super(); this.log.push(p, Object.keys(this).join()); } }
      console.log(JSON.stringify(new A(3).log));`,
  });
  expect(app.json('main.ts')).toEqual([1, 3, 'log,p,y']);
});

test('without experimentalDecorators, decorators of parameters are dropped', () => {
  using app = program({
    'main.ts': `const d = (): any => { throw new Error('called') };
      class A { constructor(@d() private a: number, @d() b?: any) {} m(@d() x: any) { return this.a + x } }
      console.log(JSON.stringify(new A(1).m(2)));`,
  });
  expect(app.json('main.ts')).toEqual(3);
});
