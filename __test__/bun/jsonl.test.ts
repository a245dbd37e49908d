import { describe, expect, test } from 'bun:test';
import cases from './jsonl.cases.json';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('Bun.JSONL', () => {
  test('parseChunk reads as far as the real binary', () => {
    const wrong = (cases as [string, boolean, object][]).filter(([text, encoded, expected]) => {
      const result = Bun.JSONL.parseChunk(encoded ? bytes(text) : text);
      return JSON.stringify({ ...result, error: result.error && String(result.error) }) !== JSON.stringify(expected);
    });
    expect(wrong).toEqual([]);
  });

  test('parse throws only if nothing was read', () => {
    expect(Bun.JSONL.parse('{"a":1}\n{bad}\n')).toEqual([{ a: 1 }]);
    expect(Bun.JSONL.parse('{"a":1}\n{"b"')).toEqual([{ a: 1 }]);
    expect(() => Bun.JSONL.parse('{bad}\n')).toThrow(new SyntaxError('Failed to parse JSONL'));
    expect(() => (Bun.JSONL.parse as any)()).toThrow('JSONL.parse requires a string argument');
  });

  test('start and end, in characters or bytes', () => {
    expect(Bun.JSONL.parseChunk('1\n2\n3', 2).values).toEqual([2, 3]);
    expect(Bun.JSONL.parseChunk('1\n2\n3', 2, 3)).toMatchObject({ values: [2], read: 3 });
    expect(Bun.JSONL.parseChunk('1\n2\n3', 9)).toMatchObject({ values: [], read: 5 });
    expect(Bun.JSONL.parseChunk('1\n2\n3', 0, -1).values).toEqual([1, 2, 3]);
    expect(Bun.JSONL.parseChunk(bytes('"é"\n2\n3'), 5)).toMatchObject({ values: [2, 3], read: 8 });
    expect(Bun.JSONL.parseChunk(bytes('\ufeff1\n2'))).toMatchObject({ values: [1, 2], read: 6 });
  });

  test('a stream of chunks', () => {
    const text = Array.from({ length: 100 }, (_, id) => JSON.stringify({ id, name: `näme ${id}` })).join('\n');
    const values: any[] = [];
    let rest: Uint8Array = new Uint8Array();
    const all = bytes(text);
    for (let at = 0; at < all.length; at += 7) {
      rest = Buffer.concat([rest, all.subarray(at, at + 7)]);
      const result = Bun.JSONL.parseChunk(rest);
      expect(result.error).toBe(null);
      values.push(...result.values);
      rest = rest.subarray(result.read);
    }
    expect(values.map(({ id }) => id)).toEqual([...Array(100).keys()]);
  });

  test('bytes are those of the view, whatever a subclass says', () => {
    class Liar extends Uint8Array {
      get byteLength() {
        return 999999;
      }
    }
    expect(Bun.JSONL.parse(new Liar(bytes('{"a":1}\n')))).toEqual([{ a: 1 }]);
  });
});
