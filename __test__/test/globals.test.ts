// no import of bun:test here: `bun test` makes its API global
declare const test: any,
  it: any,
  describe: any,
  expect: any,
  expectTypeOf: any,
  jest: any,
  vi: any,
  xit: any,
  xtest: any,
  xdescribe: any;

describe('without an import', () => {
  test('the test APIs are there', () => {
    expect(it).toBe(test);
    expect(typeof jest.fn).toBe('function');
    expect(typeof vi.fn).toBe('function');
    expectTypeOf(1).toBeNumber();
  });
});

xit('xit skips', () => expect(1).toBe(2));
xtest('xtest skips', () => expect(1).toBe(2));
xdescribe('xdescribe', () => {
  it('skips', () => expect(1).toBe(2));
});
