// Whole trees through `dx-compat/node/fs` beside Node's own module. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/fs') : fs;
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-trees-')));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The three forms of a function, as one that gives a promise. */
const forms = ['sync', 'callback', 'promise'] as const;
const call =
  (module: any, form: string, name: string) =>
  async (...given: any[]) => {
    if (form === 'sync') return module[`${name}Sync`](...given);
    if (form === 'promise') return module.promises[name](...given);
    return promisify(module[name])(...given);
  };

let made = 0;
/** A folder of its own with a tree in it. */
function place(links = false) {
  const root = path.join(folder, `place-${made++}`);
  const tree = path.join(root, 'tree');
  for (const each of ['a/b/c', 'd', 'empty', 'z.dir']) fs.mkdirSync(path.join(tree, each), { recursive: true });
  for (const each of ['a/1', 'a/b/2', 'a/b/c/é', 'd/large', 'B', 'b', '.hidden', 'z', 'a-b'])
    fs.writeFileSync(path.join(tree, each), each === 'd/large' ? Buffer.alloc(70_000, 'ab') : each);
  fs.chmodSync(path.join(tree, 'B'), 0o662);
  fs.chmodSync(path.join(tree, 'b'), 0o755);
  fs.chmodSync(path.join(tree, 'd'), 0o777);
  fs.chmodSync(path.join(tree, 'empty'), 0o700);
  if (links) {
    fs.symlinkSync('1', path.join(tree, 'a/link'));
    fs.symlinkSync('../../../tree/b', path.join(tree, 'a/b/up'));
    fs.symlinkSync('/nowhere/at/all', path.join(tree, 'absolute'));
    fs.symlinkSync('a', path.join(tree, 'directory'));
  }
  return { root, tree };
}

/** What is in a folder, as text; its own path is left out. */
function shown(root: string, place = root): unknown {
  const stat = fs.lstatSync(place, { throwIfNoEntry: false });
  if (!stat) return 'nothing';
  if (stat.isSymbolicLink()) return `-> ${fs.readlinkSync(place).replaceAll(root, 'ROOT')}`;
  const mode = (stat.mode & 0o7777).toString(8);
  if (!stat.isDirectory()) return `${mode} ${stat.isFile() ? fs.readFileSync(place).toString('latin1') : 'special'}`;
  const names = fs.readdirSync(place).sort();
  return [mode, Object.fromEntries(names.map((name) => [name, shown(root, path.join(place, name))]))];
}

/** What a call does to a place of its own, and what it gives. */
async function did(
  module: any,
  form: string,
  name: string,
  given: (at: ReturnType<typeof place>) => any[],
  links = false,
) {
  const at = place(links);
  let outcome: unknown;
  try {
    outcome = await call(module, form, name)(...given(at));
  } catch (error: any) {
    const { code, syscall, errno } = error;
    outcome = { name: error.name, code, syscall, errno, message: error.message.replaceAll(at.root, 'ROOT') };
  }
  const left = shown(at.root);
  fs.rmSync(at.root, { recursive: true });
  return { outcome, left };
}

const removals: [string, (at: ReturnType<typeof place>) => any[]][] = [
  ['a tree', ({ tree }) => [tree, { recursive: true }]],
  ['a tree, forced', ({ tree }) => [tree, { recursive: true, force: true }]],
  ['a file', ({ tree }) => [`${tree}/b`, { recursive: true }]],
  ['a link to a directory', ({ tree }) => [`${tree}/directory`, { recursive: true }]],
  ['a slash behind', ({ tree }) => [`${tree}/`, { recursive: true }]],
  ['an empty directory', ({ tree }) => [`${tree}/empty`, { recursive: true }]],
  ['nothing', ({ tree }) => [`${tree}/none`, { recursive: true }]],
  ['nothing, forced', ({ tree }) => [`${tree}/none`, { recursive: true, force: true }]],
  ['below a file', ({ tree }) => [`${tree}/b/none`, { recursive: true }]],
  ['not recursive', ({ tree }) => [tree, { recursive: false }]],
  ['without options', ({ tree }) => [tree]],
  ['bad options', ({ tree }) => [tree, { recursive: true, force: 1 }]],
  ['bad recursive', ({ tree }) => [tree, { recursive: 'yes' }]],
  ['inherited options', ({ tree }) => [tree, Object.create({ recursive: true })]],
  ['retries', ({ tree }) => [tree, { recursive: true, maxRetries: 1, retryDelay: 1 }]],
  ['bytes', ({ tree }) => [Buffer.from(tree), { recursive: true }]],
  ['an address', ({ tree }) => [new URL(`file://${tree}`), { recursive: true }]],
  ['no path', () => [undefined, { recursive: true }]],
  ['NUL', ({ tree }) => [`${tree}\0`, { recursive: true }]],
];

const copies: [string, (at: ReturnType<typeof place>) => any[]][] = [
  ['a tree', ({ root, tree }) => [tree, `${root}/copy`, { recursive: true }]],
  ['as it is', ({ root, tree }) => [tree, `${root}/copy`, { recursive: true, verbatimSymlinks: true }]],
  ['to deeper below', ({ root, tree }) => [tree, `${root}/x/y/copy`, { recursive: true }]],
  ['with dots', ({ root, tree }) => [`${tree}/../tree/.`, `${root}/./copy/`, { recursive: true }]],
  ['onto a directory', ({ root, tree }) => [`${tree}/a`, `${tree}/d`, { recursive: true }]],
  ['onto a file', ({ root, tree }) => [`${tree}/a`, `${tree}/b`, { recursive: true }]],
  ['a file', ({ root, tree }) => [`${tree}/B`, `${root}/copy`, { recursive: true }]],
  ['into itself', ({ tree }) => [tree, `${tree}/a/copy`, { recursive: true }]],
  ['to itself', ({ tree }) => [tree, tree, { recursive: true }]],
  ['nothing', ({ root, tree }) => [`${tree}/none`, `${root}/copy`, { recursive: true }]],
  ['below a file', ({ tree }) => [`${tree}/a`, `${tree}/b/copy`, { recursive: true }]],
  ['not recursive', ({ root, tree }) => [tree, `${root}/copy`]],
  ['with times', ({ root, tree }) => [tree, `${root}/copy`, { recursive: true, preserveTimestamps: true }]],
  [
    'with a filter',
    ({ root, tree }) => [tree, `${root}/copy`, { recursive: true, filter: (from: string) => !from.endsWith('d') }],
  ],
  ['not forced', ({ root, tree }) => [tree, `${root}/copy`, { recursive: true, force: false }]],
  ['bad options', ({ root, tree }) => [tree, `${root}/copy`, { recursive: true, force: 1 }]],
  ['no target', ({ tree }) => [tree, undefined, { recursive: true }]],
];

const listings: [string, (at: ReturnType<typeof place>) => any[]][] = [
  ['a tree', ({ tree }) => [tree, { recursive: true }]],
  ['a slash behind', ({ tree }) => [`${tree}/`, { recursive: true }]],
  ['an empty directory', ({ tree }) => [`${tree}/empty`, { recursive: true }]],
  ['with dots', ({ tree }) => [`${tree}/a/../a`, { recursive: true, encoding: 'utf8' }]],
  ['in hexadecimal', ({ tree }) => [tree, { recursive: true, encoding: 'hex' }]],
  ['as bytes', ({ tree }) => [tree, { recursive: true, encoding: 'buffer' }]],
  ['one level', ({ tree }) => [tree]],
  ['nothing', ({ tree }) => [`${tree}/none`, { recursive: true }]],
  ['a file', ({ tree }) => [`${tree}/b`, { recursive: true }]],
  ['bad options', ({ tree }) => [tree, { recursive: 'yes' }]],
];

/** Node 22 and 24 throw for these out of a callback of their own. */
const release = Number.parseInt(process.versions.node, 10);
const throwsForBytes = release >= 22 && release < 26;

describe.skipIf(!isDxCompat)('trees', () => {
  for (const [name, cases] of [
    ['rm', removals],
    ['cp', copies],
    ['readdir', listings],
  ] as const) {
    describe.each(forms)(`${name}, %s`, (form) => {
      const tried = cases.filter(([what]) => !(throwsForBytes && form === 'callback' && what === 'as bytes'));
      test.each(tried)('%s', async (_, given) => {
        expect(await did(ours, form, name, given)).toEqual(await did(fs, form, name, given));
      });

      test.each(tried)('%s, with links', async (_, given) => {
        expect(await did(ours, form, name, given, true)).toEqual(await did(fs, form, name, given, true));
      });
    });
  }

  test('entries are given with their types', async () => {
    const { tree } = place(true);
    const list = (module: any) =>
      module
        .readdirSync(tree, { recursive: true, withFileTypes: true })
        .map((each: any) => [each.name, each.isDirectory()]);
    expect(list(ours)).toEqual(list(fs));
  });

  test.skipIf(process.platform === 'win32')('a socket is refused', async () => {
    const { root, tree } = place();
    const server = net.createServer().listen(path.join(tree, 'socket'));
    await new Promise((resolve) => server.on('listening', resolve));
    const refused = async (module: any, target: string) => {
      const error: any = await module.promises.cp(tree, target, { recursive: true }).catch((reason: any) => reason);
      return [error.code, error.name];
    };
    expect(await refused(ours, `${root}/1`)).toEqual(await refused(fs, `${root}/2`));
    server.close();
  });

  test.skipIf(process.platform === 'win32')('a name that is no text', async () => {
    const { tree } = place();
    fs.writeFileSync(Buffer.concat([Buffer.from(`${tree}/d/`), Buffer.from([0xff, 0x61])]), '');
    const expected = fs.readdirSync(tree, { recursive: true });
    expect(ours.readdirSync(tree, { recursive: true })).toEqual(expected);
    expect(await ours.promises.readdir(tree, { recursive: true })).toEqual(
      await fs.promises.readdir(tree, { recursive: true }),
    );
  });

  test('what a callback throws is an uncaught exception', async () => {
    const program = `
      const fs = require(${JSON.stringify(path.join(import.meta.dir, '../../lib/node/fs.js'))});
      process.on('uncaughtException', (error, origin) => console.log(error.message, origin));
      fs.rm(${JSON.stringify(place().tree)}, { recursive: true }, (error) => { throw new Error('mine ' + error) });`;
    const { spawnSync } = require('node:child_process');
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['mine null uncaughtException\n', '']);
  });
});
