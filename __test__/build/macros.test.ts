import { describe, expect, test } from 'bun:test';
import path from 'node:path';
import { complaints, load, project } from './project';

const macros = `import { beside } from './beside';
export function all(...given: unknown[]) { return given; }
export const soon = async () => 'soon';
export const values = () => ({ 'a-b': [undefined, null, true, -1.5, NaN, -Infinity, 'a"\\n\${x}', { nested: {} }] });
export const instance = () => new (class A { x = 1 })();
export const text = () => new Response('text');
export const json = () => Response.json({ a: 1 });
export const blob = () => new Blob(['{"z":1}'], { type: 'application/json' });
export const big = () => 10n;
export const map = () => new Map();
export const callback = () => () => 1;
export const raw = () => new Uint8Array(2);
export const broken = () => { throw new TypeError('broken'); };
export const imported = () => beside;
export const where = () => import.meta.dir;
export default () => 'default';
`;

const source = (code: string, more: Record<string, string> = {}) =>
  project({ 'entry.ts': code, 'macros.ts': macros, 'beside.ts': `export const beside: string = 'beside';`, ...more });

async function built(code: string, more = {}, config: Partial<Bun.BuildConfig> = {}) {
  const folder = source(code, more);
  const { outputs } = await Bun.build({ entrypoints: [path.join(folder, 'entry.ts')], ...config });
  return { folder, output: outputs[0], text: await outputs[0].text() };
}

const importing = (names: string) => `import { ${names} } from './macros' with { type: 'macro' };`;

describe('Bun.build: macros', () => {
  test('a call is replaced by its result; nothing of the macro is bundled', async () => {
    const { output, text } = await built(
      `${importing('all')}\nimport other, { soon } from './macros' with { type: 'macro' };
export const found: unknown = [all(1, 'x', { a: [true, null] }), other(), soon()];`,
    );
    expect((await load(output)).found).toEqual([[1, 'x', { a: [true, null] }], 'default', 'soon']);
    expect(text).not.toContain('given');
    expect(text).not.toContain('macro');
  });

  test('namespaces, the prefix macro:, names of other scopes', async () => {
    const { output } = await built(
      `import * as ns from './macros' with { type: 'macro' }; import { all } from 'macro:./macros';
export const found = [ns.all(2), all(3), ((all: (x: number) => number) => all(4))((x) => x * 2)];`,
    );
    expect((await load(output)).found).toEqual([[2], [3], 8]);
  });

  test('what can be given', async () => {
    const { output } = await built(
      `${importing('values, instance, text, json, blob')} export const found = [values(), instance(), text(), json(), blob()];`,
    );
    expect((await load(output)).found).toEqual([
      { 'a-b': [undefined, null, true, -1.5, Number.NaN, -Infinity, 'a"\n${x}', { nested: {} }] },
      { x: 1 },
      'text',
      { a: 1 },
      { z: 1 },
    ]);
  });

  test('results where an object or a sign would be read otherwise', async () => {
    const { output } = await built(
      `${importing('all, values')} export const f = () => values(); export const n = 1 -all(-1)[0]; export const t = \`\${all(1)}\`;`,
    );
    const { f, n, t } = await load(output);
    expect([Object.keys(f()), n, t]).toEqual([['a-b'], 2, '1']);
  });

  test('a macro may import, and knows where it is', async () => {
    const { output, folder } = await built(
      `${importing('imported, where')} export const found = [imported(), where()];`,
    );
    expect((await load(output)).found).toEqual(['beside', folder]);
  });

  test('a macro decides what is bundled', async () => {
    const { text } = await built(
      `${importing('all')} if (all(0)[0]) console.log('never'); else console.log('always');`,
      {},
      { minify: { syntax: true } },
    );
    expect(text).toContain('always');
  });

  test('what it cannot give', async () => {
    for (const name of ['big', 'map', 'callback', 'raw', 'broken']) {
      const folder = source(`${importing(name)}\nconsole.log(${name}());`);
      const [log, ...more] = await complaints({ entrypoints: [path.join(folder, 'entry.ts')] });
      expect([more, log.name]).toEqual([[], 'BuildMessage']);
      if (name !== 'broken') expect(log.message).toMatch(/^cannot coerce .*Please return a simpler type$/);
      expect(log.position).toMatchObject({ file: path.join(folder, 'entry.ts'), line: 2, column: 13 });
    }
  });

  test('arguments that are not known yet', async () => {
    const folder = source(`${importing('all')}\nconst z = read();\nconsole.log(all(z));`);
    const [log] = await complaints({ entrypoints: [path.join(folder, 'entry.ts')] });
    expect(log.message).toBe('"Cannot convert identifier to JS. Try a statically-known value" error in macro');
    expect(log.position).toMatchObject({ line: 3, column: 13 });
    const tagged = source(`${importing('all')} console.log(all\`x\`);`);
    const [other] = await complaints({ entrypoints: [path.join(tagged, 'entry.ts')] });
    expect(other.message).toBe('template literal macro invocations are not supported');
  });

  test('modules and names that are not there', async () => {
    const folder = source(`import { x } from './none' with { type: 'macro' };\nconsole.log(x());`);
    const [log] = await complaints({ entrypoints: [path.join(folder, 'entry.ts')] });
    expect([log.message, log.position.line]).toEqual(['Macro "./none" not found', 1]);
  });

  test('packages may not call macros', async () => {
    const folder = source(`import 'evil'`, {
      'node_modules/evil/index.js': `import { all } from '../../macros' with { type: 'macro' }; console.log(all(1));`,
    });
    const [log] = await complaints({ entrypoints: [path.join(folder, 'entry.ts')] });
    expect(log.message).toBe('For security reasons, macros cannot be run from node_modules.');
  });
});
