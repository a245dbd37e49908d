import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { program } from './program';

const show = `const show = (e: any) => [e.name, e.code, e.message.replaceAll(process.cwd(), '.').replaceAll('\\\\', '/'), e.specifier, e.importKind, e.level, e.position, e instanceof Error, Object.keys(e)];`;

test('a module that is not found: import, require, require.resolve', () => {
  using app = program({
    'main.ts': `${show} const all: unknown[] = [];
      for (const name of ['./gone', 'gone', 'gone/deep', '@s/gone/deep', 'bun:gone']) {
        all.push(show(await import(name).catch((e) => e)));
        try { require(name) } catch (e) { all.push(show(e)) }
        try { require.resolve(name) } catch (e) { all.push(show(e)) }
      }
      console.log(JSON.stringify(all));`,
  });
  const rest = ['error', null, true, []];
  const kinds = (name: string, what: string) => [
    [
      'ResolveMessage',
      'ERR_MODULE_NOT_FOUND',
      `Cannot find ${what} imported from ./main.ts`,
      name,
      'import-statement',
      ...rest,
    ],
    [
      'ResolveMessage',
      'MODULE_NOT_FOUND',
      `Cannot find module '${name}'\nRequire stack:\n- ./main.ts`,
      name,
      'require-call',
      ...rest,
    ],
    [
      'ResolveMessage',
      'MODULE_NOT_FOUND',
      `Cannot find module '${name}'\nRequire stack:\n- ./main.ts`,
      name,
      'require-resolve',
      ...rest,
    ],
  ];
  expect(app.json('main.ts')).toEqual([
    ...kinds('./gone', `module './gone'`),
    ...kinds('gone', `package 'gone'`),
    ...kinds('gone/deep', `package 'gone'`),
    ...kinds('@s/gone/deep', `package '@s/gone'`),
    ...kinds('bun:gone', `package 'bun:gone'`),
  ]);
});

test('a built-in module of Node that there is not', () => {
  using app = program({
    'main.ts': `${show} const all: unknown[] = [show(await import('node:gone' as any).catch((e) => e)).slice(0, 3)];
      try { require('node:gone') } catch (e) { all.push(show(e).slice(0, 3)) } console.log(JSON.stringify(all));`,
  });
  const message = ['ResolveMessage', 'ERR_UNKNOWN_BUILTIN_MODULE', 'No such built-in module: node:gone'];
  expect(app.json('main.ts')).toEqual([message, message]);
});

test('a file that does not parse: BuildMessage with its place', () => {
  using app = program({
    'bad.ts': `let a: number = 1;\nlet b = = 2;\n`,
    'main.ts': `const all: unknown[] = [];
      const show = (e: any) => [e.name, e.level, e.position.line, e.position.column, e.position.lineText, e.position.file.split(/[\\\\/]/).pop(), e.position.offset, e instanceof Error];
      all.push(show(await import('./bad').catch((e) => e))); try { require('./bad') } catch (e) { all.push(show(e)) }
      console.log(JSON.stringify(all));`,
  });
  const message = ['BuildMessage', 'error', 2, 9, 'let b = = 2;', 'bad.ts', 27, true];
  expect(app.json('main.ts')).toEqual([message, message]);
});

test('an entry that does not parse: file, line, column, the source line and a caret', () => {
  using app = program({ 'main.ts': `let a: number = 1;\nlet b = = 2;\n` });
  const { status, stdout, stderr } = app.run('main.ts');
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('2 | let b = = 2;\n            ^\nerror: ');
  expect(stderr).toMatch(/main\.ts:2:9/);
});

test('a name that an ES module does not export', () => {
  using app = program({
    'lib.ts': `export const a = 1;`,
    'user.ts': `import { nope } from './lib'; console.log(nope);`,
    'main.ts': `const e = await import('./user').catch((e) => e); console.log(JSON.stringify([e.name, e.message.includes('nope')]));`,
  });
  expect(app.json('main.ts')).toEqual(['SyntaxError', true]);
});

describe('printed by console.log and when nobody catches it', () => {
  const names = ['./gone', '@scope/gone', 'gone', 'gone/sub', '/gone', '#gone'];

  test('a ResolveMessage', () => {
    using app = program({
      'main.ts': `const all: string[] = [];
        for (const name of ${JSON.stringify(names)}) all.push(Bun.inspect(await import(name).catch((e) => e)).split('\\n')[0].replaceAll('\\\\', '/').replace(/'[^']*main.ts'/, 'main'));
        console.log(JSON.stringify(all));`,
      'thrown.ts': `await import('./gone');`,
    });
    expect(app.json('main.ts')).toEqual(
      names.map((name) => `error: Cannot find ${/[./]/.test(name) ? 'module' : 'package'} '${name}' from main`),
    );
    const { status, stderr } = app.run('thrown.ts');
    expect(status).toBe(1);
    expect(stderr).toStartWith(`error: Cannot find module './gone' from '${app.folder}`);
  });

  test('a BuildMessage', () => {
    using app = program({
      'bad.ts': 'let a = (\n',
      'main.ts': `console.log(JSON.stringify(Bun.inspect(await import('./bad').catch((e) => e))));`,
    });
    expect(app.json('main.ts')).toMatch(/^1 \| let a = \(\n {13}\^\nerror: .*\n    at .*bad\.ts:1:10$/);
  });
});

describe('what only the engine refuses is told of with its file', () => {
  test.each([
    ['return', 'let a: number = 1;\nreturn;\n', 'Return statements are only valid inside functions'],
    ['exported twice', 'export const a = 1;\nexport { a };\n', 'Multiple exports with the same name "a"'],
  ])('%s', (_, source, message) => {
    using app = program({ 'main.ts': `import './bad';`, 'bad.ts': source });
    const { status, stderr } = app.run('main.ts');
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/bad\.ts:[23]/);
  });

  test.skipIf(!isDxCompat)('with line, column and the source, also where Bun does not show them', () => {
    using app = program({
      'main.ts': `type A = 1;\nimport { gone } from './lib'; console.log(gone);\n`,
      'lib.ts': 'export const a = 1;',
      'common.cts': 'type A = 1;\nexports.a = /(/;\n',
      'late.ts': `type A = 1;\nreturn;\n`,
      'alone.ts': `export const a = /(/;`,
    });
    expect(app.run('main.ts').stderr).toStartWith(
      `1 | type A = 1;\n2 | import { gone } from './lib'; console.log(gone);\n             ^\nSyntaxError: `,
    );
    expect(app.run('common.cts').stderr).toStartWith(
      '1 | type A = 1;\n2 | exports.a = /(/;\n                ^\nSyntaxError: ',
    );
    expect(app.run('late.ts').stderr).toStartWith('2 | return;\n    ^\nerror: Return statements');
    expect(app.run('alone.ts').stderr).toContain('alone.ts');
  });
});
