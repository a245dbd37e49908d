import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';

describe('Bun.stringWidth', () => {
  test('every code point, as in Bun 1.4.5', () => {
    const widths = new Uint8Array(0x110000);
    const ambiguous = new Uint8Array(0x110000);
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      widths[code] = Bun.stringWidth(String.fromCodePoint(code));
      if (code < 0x3000) ambiguous[code] = Bun.stringWidth(String.fromCodePoint(code), { ambiguousIsNarrow: false });
    }
    expect(createHash('sha256').update(widths).update(ambiguous).digest('hex').slice(0, 16)).toBe('f2911f4d484bc791');
  }, 20_000);

  test.each([
    ['', 0],
    ['hello', 5],
    ['\u001b[31mhi\u001b[0m', 2],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['🇩', 1],
    ['☺', 1],
    ['☺️', 2],
    ['1️⃣', 2],
    ['👍🏽', 2],
    ['a\tb\n', 2],
    ['\u200b\u200d', 0],
    ['\u001b]8;;http://x\u0007link\u001b]8;;\u0007', 4],
    ['한', 2],
  ])('%j', (text, width) => {
    expect(Bun.stringWidth(text)).toBe(width);
  });

  test('options and other values', () => {
    expect(Bun.stringWidth('\u001b[31mhi\u001b[0m', { countAnsiEscapeCodes: true })).toBe(9);
    expect(Bun.stringWidth('±', { ambiguousIsNarrow: false })).toBe(2);
    expect((Bun.stringWidth as any)(1)).toBe(1);
    expect((Bun.stringWidth as any)()).toBe(0);
  });
});

describe('Bun.stripANSI', () => {
  test.each([
    ['plain', 'plain'],
    ['\u001b[31mhi\u001b[0m', 'hi'],
    ['\u001b]8;;http://x\u0007link\u001b]8;;\u0007', 'link'],
    ['a\u009b31mb', 'ab'],
    ['\u001b(Bx\u001bcx\u001b7y', 'xxy'],
    ['\u001b[', ''],
    ['\u001bPabc\u001b\\x', 'x'],
    ['x\u001b', 'x'],
  ])('%j', (text, plain) => {
    expect(Bun.stripANSI(text)).toBe(plain);
  });
});
