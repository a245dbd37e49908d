import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
  mock,
  spyOn,
  test,
  vi,
} from 'bun:test';

const order: string[] = [];

beforeAll(() => void order.push('beforeAll'));
beforeEach(() => void order.push('beforeEach'));
afterEach(() => void order.push('afterEach'));

test('hooks of the file run around a test', () => {
  expect(order).toEqual(['beforeAll', 'beforeEach']);
});

test('and after it', () => {
  expect(order).toEqual(['beforeAll', 'beforeEach', 'afterEach', 'beforeEach']);
});

describe('a group', () => {
  const inner: string[] = [];
  beforeAll(() => void inner.push('beforeAll'));
  afterAll(() => void order.push('group done'));

  it('has hooks of its own', async () => {
    await Promise.resolve();
    expect(inner).toEqual(['beforeAll']);
    expect(it).toBe(test);
  });
});

test('the hooks of a finished group have run', () => {
  expect(order).toContain('group done');
});

test.each([
  [1, 2, 3],
  [2, 3, 5],
])('%d + %d is %d', (a, b, sum) => {
  expect(a + b).toBe(sum);
});

test.skip('a skipped test does not run', () => {
  throw new Error('it ran');
});

test.failing('a failing test is one that must fail', () => {
  expect(1).toBe(2);
});

test('a test may call done', (done) => {
  setTimeout(done, 1);
});

test('promises', async () => {
  await expect(Promise.resolve(1)).resolves.toBe(1);
  await expect(Promise.reject(new Error('no'))).rejects.toThrow('no');
});

test('mocks and spies', () => {
  const fn = mock((n: number) => n * 2);
  expect(fn(2)).toBe(4);
  expect(fn).toHaveBeenCalledWith(2);
  const object = { name: () => 'original' };
  const spy = spyOn(object, 'name').mockReturnValue('mocked');
  expect(object.name()).toBe('mocked');
  spy.mockRestore();
  expect(object.name()).toBe('original');
  expect(vi.fn).toBeFunction();
  expect(jest.fn()).not.toHaveBeenCalled();
});

test.each(['at once', 'in a microtask', 'after a while'])(
  'a test runs where immediates come before timers: %s',
  async (when) => {
    if (when === 'in a microtask') await 1;
    if (when === 'after a while') await Bun.sleep(2);
    let ran = false;
    setImmediate(() => void (ran = true));
    const timer = Bun.sleep(1);
    const start = performance.now();
    while (performance.now() - start < 3); // the timer is due by now
    await timer;
    expect(ran).toBe(true);
  },
);
