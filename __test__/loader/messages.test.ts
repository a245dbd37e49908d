import { expect, test } from 'bun:test';
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
