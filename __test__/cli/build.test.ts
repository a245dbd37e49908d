import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { directory, run, start } from './command';

const running: ReturnType<typeof start>[] = [];
afterAll(() => {
  for (const { child } of running) child.kill('SIGTERM');
});

const files = {
  'src/a.ts': `import { shared } from './shared'; console.log('a', shared as number);`,
  'src/b.ts': `import { shared } from './shared'; console.log('b', shared); import('./lazy').then(({ value }) => console.log(value));`,
  'src/shared.ts': 'export const shared = 41;',
  'src/lazy.ts': 'export const value = 5;',
  'src/image.js': `import image from './image.png'; console.log(image)`,
  'src/image.png': 'PNG',
  'src/broken.js': 'let x = ;\n',
  'src/unresolved.js': `import x from 'not-there'; import './nope'; console.log(x)`,
  'src/style.ts': `import './style.css'; console.log('styled')`,
  'src/style.css': '.a { color: red }',
};

const ok = { stderr: '', code: 0, signal: null };
/** Times and hashes made equal; sizes are those of other printers. */
const plain = (text: string) =>
  text
    .replace(/in \d+ms/, 'in Nms')
    .replaceAll(/-[0-9a-z]{8}\./g, '-HASH.')
    .replaceAll(/ +[\d.]+ (?:KB|bytes) +/g, '  SIZE  ');

describe('build', () => {
  const cwd = directory(files);
  const build = (...args: string[]) => run(['build', ...args], { cwd });

  test('one file goes to stdout', () => {
    const { stdout, ...rest } = build('./src/a.ts');
    expect(rest).toEqual(ok);
    expect(stdout).toContain('console.log("a", shared)');
    expect(stdout).toStartWith('// src/shared.ts\n');
  });

  test('--outdir writes and lists', () => {
    const { stdout, ...rest } = build('./src/a.ts', '--outdir', 'out');
    expect(rest).toEqual(ok);
    expect(plain(stdout)).toBe('Bundled 2 modules in Nms\n\n  a.js  SIZE  (entry point)\n\n');
    expect(run(['out/a.js'], { cwd }).stdout).toBe('a 41\n');
  });

  test('several entry points, splitting, source maps', () => {
    const { stdout } = build(
      './src/a.ts',
      '--outdir=many',
      './src/b.ts',
      '--splitting',
      '--sourcemap',
      '--target=node',
    );
    const lines = plain(stdout).split('\n');
    expect(lines[0]).toBe('Bundled 4 modules in Nms');
    expect(lines).toContain('  a.js  SIZE  (entry point)');
    expect(lines).toContain('  b.js  SIZE  (entry point)');
    expect(lines).toContain('  lazy-HASH.js  SIZE  (chunk)');
    expect(lines).toContain('  a.js.map  SIZE  (source map)');
    expect(lines.filter((line) => line.endsWith('(chunk)'))).toHaveLength(2);
    expect(readdirSync(path.join(cwd, 'many'))).toHaveLength(8);
    expect(run(['many/b.js'], { cwd }).stdout).toBe('b 41\n5\n');
  });

  test('--outfile', () => {
    expect(plain(build('src/a.ts', '--outfile', 'deep/x/y.mjs').stdout)).toContain('  y.mjs  SIZE  (entry point)');
    expect(run(['deep/x/y.mjs'], { cwd }).stdout).toBe('a 41\n');
    expect(plain(build('src/a.ts', '--outfile=plain').stdout)).toContain('  plain  SIZE  (entry point)');
    expect(plain(build('src/a.ts', '--outfile=z.js').stdout)).toContain('  z.js  SIZE  (entry point)');
  });

  test('files beside it', () => {
    expect(plain(build('src/image.js', '--outdir=assets', '--public-path', '/pub/').stdout)).toBe(
      'Bundled 2 modules in Nms\n\n  image.js  SIZE  (entry point)\n  image-HASH.png  SIZE  (asset)\n\n',
    );
    expect(plain(run(['assets/image.js'], { cwd }).stdout)).toBe('/pub/image-HASH.png\n');
    expect(plain(build('src/style.ts', '--outdir=styled').stdout)).toContain('  style.css  SIZE  (asset)');
  });

  test('a page', () => {
    writeFileSync(path.join(cwd, 'page.html'), '<script src="./src/a.ts"></script><img src="./src/image.png">');
    expect(plain(build('./page.html', '--outdir=page').stdout)).toBe(
      `Bundled 4 modules in Nms\n\n  page-HASH.js  SIZE  (entry point)\n  page.html  SIZE  (entry point)\n  image-HASH.png  SIZE  (asset)\n\n`,
    );
  });

  test('--minify and its parts, --production', () => {
    expect(build('src/a.ts', '--minify').stdout.trim()).not.toContain('\n');
    expect(build('src/a.ts', '--minify-whitespace').stdout).toContain('shared=41');
    expect(build('src/a.ts', '--minify-identifiers').stdout).toContain('\n');
    writeFileSync(path.join(cwd, 'mode.js'), 'console.log(process.env.NODE_ENV)');
    expect(build('mode.js', '--production').stdout.trim()).toBe('console.log("production");');
    expect(build('mode.js').stdout).toContain('console.log("development")');
  });

  test('--define, --drop, --external, --loader, --banner, --footer, --format, --target', () => {
    writeFileSync(
      path.join(cwd, 'flags.js'),
      `import x from 'ext'; import y from './y.data'; console.log(FLAG, x, y); drop.me();`,
    );
    writeFileSync(path.join(cwd, 'y.data'), 'the data');
    const { stdout, ...rest } = build(
      ...['flags.js', '--define', 'FLAG:"set"', '--drop=drop', '-e', 'ext', '--loader', '.data:text'],
      ...['--banner', '/* top */', '--footer', '/* end */', '--target', 'bun'],
    );
    expect(rest).toEqual(ok);
    expect(stdout).toStartWith('// @bun\n/* top */\n');
    expect(stdout.trimEnd()).toEndWith('/* end */');
    expect(stdout).toMatch(/from "ext"/);
    expect(stdout).toContain('"set"');
    expect(stdout).toMatch(/["'`]the data["'`]/);
    expect(build('src/a.ts', '--format', 'iife').stdout).toStartWith('(() => {');
    expect(build('src/lazy.ts', '--format=cjs').stdout).toContain('module.exports');
  });

  test('names', () => {
    expect(plain(build('src/a.ts', '--outdir=names', '--entry-naming', '[name]-[hash].[ext]').stdout)).toContain(
      '  a-HASH.js  SIZE  (entry point)',
    );
    expect(plain(build('src/image.js', '--outdir=names', '--asset-naming', 'as/[name].[ext]').stdout)).toContain(
      '  as/image.png  SIZE  (asset)',
    );
    expect(plain(build('src/a.ts', '--outdir=names', '--root', '.').stdout)).toContain(
      '  src/a.js  SIZE  (entry point)',
    );
  });

  test('--env', () => {
    writeFileSync(path.join(cwd, 'env.js'), 'console.log(process.env.CLI_BUILD_X)');
    const { stdout } = run(['build', 'env.js', '--env=CLI_BUILD_*'], { cwd, env: { CLI_BUILD_X: 'given' } });
    expect(stdout).toContain('console.log("given")');
  });

  test('--metafile', () => {
    build('src/a.ts', '--outdir=meta', '--metafile=meta/meta.json');
    const { inputs, outputs } = JSON.parse(readFileSync(path.join(cwd, 'meta/meta.json'), 'utf8'));
    expect(Object.keys(inputs).sort()).toEqual(['src/a.ts', 'src/shared.ts']);
    expect(Object.keys(outputs)).toEqual(['./a.js']);
  });

  test('--no-bundle', () => {
    const { stdout } = build('src/a.ts', '--no-bundle');
    expect(stdout).toContain('./shared');
    expect(stdout).not.toContain('as number');
    expect(plain(build('src/a.ts', '--no-bundle', '--outdir=alone').stdout)).toStartWith(
      'Transpiled file in Nms\n\n  a.js  SIZE',
    );
  });

  test('what is wrong with the sources', () => {
    const { stdout, stderr, code } = build('src/unresolved.js', '--outdir=none');
    expect([stdout, code]).toEqual(['', 1]);
    const file = path.join(cwd, 'src/unresolved.js');
    expect(stderr).toBe(`1 | ${files['src/unresolved.js']}
                  ^
error: Could not resolve: "not-there". Maybe you need to "bun install"?
    at ${file}:1:15

1 | ${files['src/unresolved.js']}
                                      ^
error: Could not resolve: "./nope"
    at ${file}:1:35
`);
    expect(build('src/broken.js')).toMatchObject({ stdout: '', code: 1 });
    expect(build('src/broken.js').stderr).toContain('error: Unexpected ;\n');
    expect(existsSync(path.join(cwd, 'none'))).toBe(false);
  });

  test('what is wrong with the command line', () => {
    const said = (...args: string[]) => {
      const { stdout, stderr, code } = build(...args);
      expect([stdout, code]).toEqual(['', 1]);
      return stderr;
    };
    expect(said('src/a.ts', 'src/b.ts')).toBe('error: Must use --outdir when specifying more than one entry point.\n');
    expect(said('src/nope.js')).toBe('error: ModuleNotFound resolving "src/nope.js" (entry point)\n');
    expect(said('src/image.js')).toBe('error: cannot write multiple output files without an output directory\n');
    expect(said('src/a.ts', '--format=umd')).toBe(
      `error: Invalid value for --format: "umd". Must be 'esm', 'cjs', or 'iife'.\n`,
    );
    expect(said('src/a.ts', '--sourcemap=x')).toBe('error: Invalid sourcemap setting: "x"\n');
    expect(said('src/a.ts', '--sourcemap=external')).toBe(
      'error: cannot use an external source map without --outdir\n',
    );
    expect(said('src/a.ts', '--packages=x')).toBe('error: Invalid packages setting: "x"\n');
    expect(said('src/a.ts', '--env=x')).toBe(
      `error: Expected 'env' to be 'inline', 'disable', or a prefix with a '*' character\n`,
    );
    expect(build().stdout).toContain('error: Missing entrypoints. What would you like to bundle?');
    expect(build().code).toBe(1);
    expect(build('--help')).toMatchObject({ stderr: '', code: 0 });
  });

  test.if(isDxCompat)('flags for what is not there are refused by name', () => {
    for (const flag of ['--allow-unresolved=./x', '--min-chunk-size=1', '--reject-unresolved']) {
      const { stdout, stderr, code } = build('src/a.ts', flag);
      expect([stdout, code]).toEqual(['', 1]);
      expect(stderr).toContain(flag.split('=')[0]);
    }
  });
});

test('build --watch builds again when a file that was bundled changes, also after an error', async () => {
  const cwd = directory({
    'main.ts': 'import { part } from "./part"; console.log(part)',
    'part.ts': 'export const part = "one"',
  });
  const program = start(['build', '--watch', 'main.ts', '--outdir=out'], {
    cwd,
    env: { BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD: 'true' },
  });
  running.push(program);
  const built = () => readFileSync(path.join(cwd, 'out/main.js'), 'utf8');
  await program.printed(/main\.js/);
  expect(built()).toContain('one');
  writeFileSync(path.join(cwd, 'part.ts'), 'export const part = ;');
  await program.printed(/Unexpected ;/);
  writeFileSync(path.join(cwd, 'part.ts'), 'export const part = "two"');
  await program.printed(/main\.js[^]*Unexpected ;[^]*main\.js/);
  expect(built()).toContain('two');
});
