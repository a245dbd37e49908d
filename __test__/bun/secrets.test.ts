import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const { secrets } = Bun as any;

/** What a call throws at once. */
function fault(name: string, ...given: unknown[]): string {
  try {
    secrets[name](...given).catch(() => {});
  } catch (error: any) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
  return 'nothing';
}
const invalid = (message: string) => `TypeError ERR_INVALID_ARG_TYPE: ${message}`;

test('arguments', () => {
  const noOptions = invalid('Expected options to be an object');
  const noTexts = invalid('Expected service and name to be strings');
  const empty = invalid('Expected service and name to not be empty');
  const noValue = invalid("Expected 'value' to be a string. To delete the secret, call secrets.delete instead.");
  const wrongValue = invalid("Expected 'value' to be a string");
  const nul = 'TypeError ERR_INVALID_ARG_VALUE: Expected service, name, and value to be strings without null bytes';
  for (const name of ['get', 'delete']) {
    expect(fault(name)).toBe(invalid(`secrets.${name} requires an options object`));
    for (const given of [undefined, null, 5, 's']) expect(fault(name, given)).toBe(noOptions);
    for (const given of [{}, [], () => {}, { service: 's' }, { name: 'n' }, { service: new String('s'), name: 'n' }])
      expect(fault(name, given)).toBe(noTexts);
    for (const given of [
      { service: '', name: 'n' },
      { service: 's', name: '' },
    ])
      expect(fault(name, given)).toBe(empty);
    expect(fault(name, { service: 's', name: 'n\0' })).toBe(nul);
  }
  for (const given of [
    ['s', 1],
    [1, 's'],
    ['s', {}],
  ])
    expect(fault('get', ...given)).toBe(noOptions);
  expect(fault('get', '', 'n')).toBe(empty);
  expect(fault('delete', 's', 'n')).toBe(noOptions);
  for (const given of [[], ['s'], ['s', 'n'], ['s', 'n', 1], ['s', 'n', null], ['s', 1, 'v'], [1, 'n', 'v']])
    expect(fault('set', ...given)).toBe(noOptions);
  expect(fault('set', {})).toBe(noTexts);
  expect(fault('set', '', 'n', 'v')).toBe(empty);
  for (const value of [undefined, null]) expect(fault('set', { service: '', name: 'n', value })).toBe(noValue);
  for (const value of [1, new String('v')]) expect(fault('set', { service: '', name: 'n', value })).toBe(wrongValue);
  expect(fault('set', { service: 's', name: 'n', value: 'a\0b' })).toBe(nul);
});

test('the object', () => {
  expect(Object.keys(secrets)).toEqual(['get', 'set', 'delete']);
  expect([secrets.get.length, secrets.set.length, secrets.delete.length]).toEqual([1, 2, 1]);
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(secrets, 'get')!;
  expect([writable, enumerable, configurable]).toEqual([false, true, false]);
});

// A machine for tests has no store, or one that nobody has unlocked; one that has it runs the rest.
const place = { service: `dx-compat test ${process.pid}`, name: 'näme' };
const works = await secrets.get(place).then(
  () => true,
  () => false,
);

describe.skipIf(works)('without a store', () => {
  test.skipIf(process.platform !== 'linux')('calls reject', async () => {
    const calls = [secrets.get(place), secrets.set({ ...place, value: 'v' }), secrets.delete(place)];
    for (const error of await Promise.all(calls.map((call) => call.catch((reason: unknown) => reason)))) {
      expect(error).toBeInstanceOf(Error);
      expect(error.code).toBe('ERR_SECRETS_PLATFORM_ERROR');
      expect(error.message).not.toBe('');
    }
  });
});

describe.skipIf(!works)('with a store', () => {
  test('what is stored is found until it is deleted', async () => {
    expect(await secrets.get(place)).toBe(null);
    expect(await secrets.delete(place)).toBe(false);
    expect(await secrets.set({ ...place, value: 'a välue' })).toBe(undefined);
    expect(await secrets.get(place)).toBe('a välue');
    expect(await secrets.get(place.service, place.name)).toBe('a välue');
    expect(await secrets.set(place.service, place.name, 'another')).toBe(undefined);
    expect(await secrets.get(place)).toBe('another');
    expect(await secrets.get({ ...place, name: 'another' })).toBe(null);
    expect(await secrets.delete(place)).toBe(true);
    expect(await secrets.get(place)).toBe(null);
    await secrets.set({ ...place, value: 'v' });
    expect(await secrets.set({ ...place, value: '' })).toBe(undefined);
    expect(await secrets.get(place)).toBe(null);
    expect(await secrets.delete(place)).toBe(false);
  });
});

// Bun asks for other functions of libsecret.
const compiler = ['cc', 'gcc', 'clang'].find((name) => Bun.which(name));
describe.skipIf(!isDxCompat || process.platform !== 'linux' || compiler === undefined)('with a stand-in', () => {
  let folder = '';
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secrets-'));
    const source = path.join(import.meta.dir, 'fixtures/secret-store.c');
    for (const library of ['libsecret-1.so.0', 'libglib-2.0.so.0']) {
      const output = path.join(folder, library);
      const made = Bun.spawnSync([compiler as string, '-shared', '-fPIC', '-w', '-o', output, source]);
      expect(String(made.stderr)).toBe('');
    }
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  /** Runs a program beside the stand-in; gives what it says. */
  async function run(program: string): Promise<unknown> {
    const file = path.join(folder, 'program.mjs');
    fs.writeFileSync(file, program);
    const env = { ...process.env, LD_LIBRARY_PATH: folder };
    const child = Bun.spawn([process.execPath, 'run', file], { env, stdout: 'pipe', stderr: 'pipe' });
    const [said, wrong] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    expect(wrong).toBe('');
    expect(await child.exited).toBe(0);
    return JSON.parse(said);
  }

  test('what is stored is found until it is deleted', async () => {
    const said = await run(`
      const { secrets } = Bun;
      const place = { service: 'a service', name: 'näme' };
      const long = 'välue '.repeat(10_000);
      console.log(JSON.stringify([
        await secrets.get(place), await secrets.delete(place), typeof (await secrets.set({ ...place, value: long })),
        (await secrets.get(place)) === long, await secrets.get('a service', 'other'), await secrets.delete(place),
        await secrets.get(place), await secrets.set({ ...place, value: 'v' }).then(() => secrets.get(place)),
        typeof (await secrets.set({ ...place, value: '' })), await secrets.get(place),
      ]));
    `);
    expect(said).toEqual([null, false, 'undefined', true, null, true, null, 'v', 'undefined', null]);
  });

  test('what the store says against it', async () => {
    const said = await run(`
      const place = { service: 'refuses', name: 'n' };
      const { secrets } = Bun;
      const outcome = (call) => call.then(() => 'nothing', ({ name, code, message }) => [name, code, message].join());
      const calls = [secrets.get(place), secrets.set({ ...place, value: 'v' }), secrets.delete(place)];
      console.log(JSON.stringify(await Promise.all(calls.map(outcome))));
    `);
    expect(said).toEqual(Array(3).fill('Error,ERR_SECRETS_PLATFORM_ERROR,The store is locked'));
  });

  test('a store that does not answer keeps nothing else waiting, nor the program from its end', async () => {
    const said = await run(`
      import fs from 'node:fs/promises';
      import { Worker } from 'node:worker_threads';
      const place = { service: 'waits', name: 'n' };
      for (let at = 0; at < 20; at++) Bun.secrets.get(place);
      const asks = 'Bun.secrets.get({ service: "waits", name: "n" }); require("worker_threads").parentPort.postMessage(1)';
      const worker = new Worker(asks, { eval: true });
      await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
      await worker.terminate();
      console.log(JSON.stringify([(await fs.readFile(process.argv[1])).length > 0, await Bun.secrets.get('a', 'b')]));
      process.exit(0);
    `);
    expect(said).toEqual([true, null]);
  }, 30_000);
});
