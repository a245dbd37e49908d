// Random patterns with paths that nearly match them.
import { generator } from './random.mjs';

const PIECES = ['a', 'b', 'ab', '.', '/', '/', '*', '*', '**', '**/', '/**', '?', '[ab]', '[!a]', '[^/]', '[a-c]'];
const RARE = ['[]a]', '[b-a]', '[!b-a]', '[\\]]', '[', ']', '{', '}', ',', '!', '\\*', '\\', '(', ')', '|', '-', '^'];
const WIDE = [
  '\u00e9',
  '\u{1f600}',
  '[\u00e0-\u00ff]',
  '[\u{1f600}-\u{1f610}]',
  '+',
  '@',
  '$',
  '\n',
  'x{1..3}',
  '{a..c}',
];
const LETTERS = [
  'a',
  'b',
  'c',
  'ab',
  '.',
  '/',
  '/',
  '',
  '\u00e9',
  '\u{1f600}',
  '*',
  '[',
  ']',
  '{',
  ',',
  '}',
  '\\',
  '!',
  '2',
  '\n',
];

/** @param {number} seed @param {number} rounds @returns {Generator<{ pattern: string, paths: string[] }>} */
export function* globCases(seed, rounds) {
  const { below, pick } = generator(seed);
  /** @param {number} depth @returns {string} */
  const pattern = (depth) => {
    let text = '';
    for (let i = below(5); i >= 0; i--) {
      const kind = below(10);
      if (kind < 6) text += pick(PIECES);
      else if (kind === 6) text += pick(RARE);
      else if (kind === 7) text += pick(WIDE);
      else if (depth < 3) text += `{${Array.from({ length: 1 + below(3) }, () => pattern(depth + 1)).join(',')}}`;
    }
    return text;
  };
  /** What the pattern could stand for, roughly. @param {string} text */
  const near = (text) =>
    text
      .replace(/\{([^{}]*)\}/g, (_, inner) => pick(inner.split(',')))
      .replace(/\{([^{}]*)\}/g, (_, inner) => pick(inner.split(',')))
      .replace(/\[[^\]]*\]|\?/g, () => pick(LETTERS))
      .replace(/\*+/g, () => Array.from({ length: below(3) }, () => pick(LETTERS)).join(''))
      .replace(/\\/g, () => pick(['', '\\']));
  for (let round = 0; round < rounds; round++) {
    const made = (below(8) === 0 ? '!' : '') + pattern(0);
    const random = () => Array.from({ length: below(6) }, () => pick(LETTERS)).join('');
    yield { pattern: made, paths: [near(made), near(made), near(made), near(made), random(), random(), made] };
  }
}
