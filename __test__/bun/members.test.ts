import { expect, spyOn, test } from 'bun:test';

const constants = ['env', 'isStandaloneExecutable', 'origin', 'revision', 'version', 'version_with_sha'];

/** The attributes of a member that has been used. */
const attributes = (name: string) => {
  void (Bun as any)[name];
  const { value, ...rest } = Object.getOwnPropertyDescriptor(Bun, name)!;
  return rest;
};

test('constants can be neither replaced nor deleted', () => {
  for (const name of constants) {
    const before = (Bun as any)[name];
    expect(() => ((Bun as any)[name] = 'x')).toThrow(TypeError);
    expect(() => delete (Bun as any)[name]).toThrow(TypeError);
    expect((Bun as any)[name]).toBe(before);
    expect(attributes(name).writable).toBe(false);
    expect(attributes(name).configurable).toBe(false);
  }
});

test('read-only members', () => {
  for (const name of ['Cookie', 'CookieMap', 'JSONL', 'isMainThread', 'semver']) {
    expect(() => ((Bun as any)[name] = 'x')).toThrow(TypeError);
    expect(attributes(name)).toEqual({ writable: false, enumerable: true, configurable: false });
    expect(() => delete (Bun as any)[name]).toThrow(TypeError);
  }
});

test('other members can be replaced, not deleted', () => {
  for (const name of ['which', 'inspect', 'file', 'hash', 'password', 'Glob']) {
    expect(attributes(name)).toEqual({ writable: true, enumerable: true, configurable: false });
    expect(() => delete (Bun as any)[name]).toThrow(TypeError);
    const before = (Bun as any)[name];
    (Bun as any)[name] = 'x';
    expect((Bun as any)[name]).toBe('x');
    (Bun as any)[name] = before;
  }
  expect(attributes('cwd')).toEqual({ writable: true, enumerable: false, configurable: false });
});

test('a spy on a member', () => {
  const spy = spyOn(Bun, 'escapeHTML').mockImplementation(() => 'spied');
  expect(Bun.escapeHTML('<')).toBe('spied');
  spy.mockRestore();
  expect(Bun.escapeHTML('<')).toBe('&lt;');
});

test('the names of what calls give', async () => {
  const child = Bun.spawn(['true'], { stdout: 'pipe' });
  const sink = Bun.stdout.writer();
  const tag = (value: unknown) => Object.prototype.toString.call(value).slice('[object '.length, -1);
  const given = [child, sink, new Bun.Glob('*'), new Bun.ArrayBufferSink(), new Bun.Archive({ a: 'b' }), Bun.file('x')];
  expect(given.map(tag)).toEqual(['Subprocess', 'FileSink', 'Glob', 'ArrayBufferSink', 'Archive', 'Blob']);
  expect(Object.getOwnPropertyDescriptor(Bun.Glob.prototype, Symbol.toStringTag)).toEqual({
    value: 'Glob',
    writable: false,
    enumerable: false,
    configurable: true,
  });
  await child.exited;
});
