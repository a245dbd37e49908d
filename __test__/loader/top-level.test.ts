import { expect, test } from 'bun:test';
import { program } from './program';

test('using at the top level of a file without import or export', () => {
  using app = program({
    'main.ts': `using a = { [Symbol.dispose]() { console.log('["in","a"]') } }; if (!a) console.log('none');`,
  });
  expect(app.json('main.ts')).toEqual(['in', 'a']);
});

test('require.main === module in an ES module', () => {
  using app = program({
    'other.ts': `export const other = [require.main === module, module !== require.main];`,
    'main.ts': `import { other } from './other'; await 1;
      console.log(JSON.stringify([require.main === module, require.main !== module, ...other]));`,
  });
  expect(app.json('main.ts')).toEqual([true, false, false, true]);
});

test('@jsxRuntime classic with @jsx', () => {
  using app = program({
    'main.jsx': `/** @jsxRuntime classic */\n/** @jsx make */
      function make(...all) { return JSON.stringify(all) } console.log(<a b/>);`,
  });
  expect(app.json('main.jsx')).toEqual(['a', { b: true }]);
});

test('a decorator on a private accessor', () => {
  using app = program({
    'main.ts': `function double(pair: any, context: any) { return { get(this: any) { return pair.get.call(this) * 2 }, init: (value: number) => value + 1 } }
      class A { @double accessor #hidden = 5; get value() { return this.#hidden } set value(to) { this.#hidden = to } }
      const a = new A(); const before = a.value; a.value = 1; console.log(JSON.stringify([before, a.value]));`,
  });
  expect(app.json('main.ts')).toEqual([12, 2]);
});
