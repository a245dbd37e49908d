import { describe, expect, test } from 'bun:test';

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
    for (const call of [secrets.get(place), secrets.set({ ...place, value: 'v' }), secrets.delete(place)]) {
      const error = await call.catch((reason: unknown) => reason);
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
