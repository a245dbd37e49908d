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
