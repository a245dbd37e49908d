import { expect, test } from 'bun:test';

/** The text of functions, of which Bun's transpiler puts a variable in the place of a copy that is used once. */

const f = (...values: unknown[]) => values;

test('a copy of a parameter makes way for it', () => {
  const functions: [Function, string][] = [
    [
      (ctx: any) => {
        const c = ctx;
        return f(c);
      },
      'return f(ctx);',
    ],
    [
      (ctx: any) => {
        const _ = ctx,
          a = ctx;
        return f(a);
      },
      'const _ = ctx; return f(ctx);',
    ],
    [
      (ctx: any) => {
        let c = ctx;
        return c as string;
      },
      'return ctx;',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        if (c.a) return 1;
        return 2;
      },
      'if (ctx.a) return 1; return 2;',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        return { c };
      },
      'return { c: ctx };',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        throw c;
      },
      'throw ctx;',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        const d = c;
        return f(d);
      },
      'return f(ctx);',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        return ctx ? c : 1;
      },
      'return ctx ? ctx : 1;',
    ],
    [
      ({ a }: any) => {
        const c = a;
        return f(c);
      },
      'return f(a);',
    ],
    [
      (a = 1) => {
        const c = a;
        return `x${c}`;
      },
      'return `x${a}`;',
    ],
    [
      (a: any) => {
        const c = a;
        new c(1);
      },
      'new a(1);',
    ],
    [
      async (a: any) => {
        const c = a;
        await c;
      },
      'await a;',
    ],
    [
      function* (a: any) {
        const c = a;
        yield c;
      },
      'yield a;',
    ],
  ];
  for (const [it, body] of functions) expect(bodyOf(it)).toBe(body);
});

test('where something lies in between it stays', () => {
  const functions: [Function, string][] = [
    [
      (ctx: any) => {
        const c = ctx;
        return () => c;
      },
      'const c = ctx; return () => c;',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        return f(f(1), c);
      },
      'const c = ctx; return f(f(1), c);',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        f();
        return c;
      },
      'const c = ctx; f(); return c;',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        return f(c) + f(c);
      },
      'const c = ctx; return f(c) + f(c);',
    ],
    [
      (ctx: any) => {
        var c = ctx;
        return f(c);
      },
      'var c = ctx; return f(c);',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        return f(1) || c;
      },
      'const c = ctx; return f(1) || c;',
    ],
    [
      (ctx: any) => {
        const c = ctx;
        ctx.b = c.d;
      },
      'const c = ctx; ctx.b = c.d;',
    ],
  ];
  for (const [it, body] of functions) expect(bodyOf(it)).toBe(body);
});

test('what is computed is the same', () => {
  const changed = (ctx: any) => {
    const c = ctx;
    ctx = 2;
    return [c, ctx];
  };
  expect(changed(1)).toEqual([1, 2]);
  const shadowed = (ctx: any) => {
    const c = ctx;
    {
      const ctx = f;
      return ctx(c);
    }
  };
  expect(shadowed(1)).toEqual([1]);
  const assigned = (ctx: any) => {
    let c = ctx;
    c += 1;
    return [c, ctx];
  };
  expect(assigned(1)).toEqual([2, 1]);
  const looped = (ctx: any) => {
    const all = [];
    for (ctx of [1, 2]) {
      const c = ctx;
      all.push(() => c);
    }
    return all.map((it) => it());
  };
  expect(looped(0)).toEqual([1, 2]);
});

const bodyOf = (it: Function) => {
  const text = it.toString().replaceAll(/\s+/g, ' ');
  return text
    .slice(text.indexOf(') ') + 2)
    .replace(/^=> /, '')
    .slice(2, -2);
};
