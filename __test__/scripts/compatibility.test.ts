import { expect, test } from 'bun:test';
import { areasOf, percent, table, total } from '../../scripts/compatibility/table.mjs';
import { between } from '../../scripts/surface/compare.mjs';

const files = new Map<string, [number, number]>([
  ['js/web/fetch/a.test.ts', [10, 5]],
  ['js/web/fetch/deep/b.test.ts', [2, 2]],
  ['js/bun/util/c.test.ts', [4, 3]],
  ['js/bun/util/none.test.ts', [0, 0]],
]);

test('files are added up by area; those without a test on real Bun do not count', () => {
  const areas = areasOf(files);
  expect(areas).toEqual([
    { area: 'bun/util', files: 1, ofBun: 4, ours: 3, share: 0.75 },
    { area: 'web/fetch', files: 2, ofBun: 12, ours: 7, share: 1.5 },
  ]);
  expect(total(areas)).toEqual({ area: 'all', files: 3, ofBun: 16, ours: 10, share: 2.25 });
  expect(percent(10, 16)).toBe('62.5 %');
});

test('the table', () => {
  expect(table(areasOf(files)).split('\n').at(-1)).toBe(
    '| all         |     3 |                     16 |            10 | 62.5 % |          75.0 % |',
  );
});

test('text between markers', () => {
  const page = 'a\n<!-- compatibility:start -->\nold\n<!-- compatibility:end -->\nb';
  expect(between(page, 'new', 'compatibility')).toBe(page.replace('old', 'new'));
  expect(() => between(page, 'new')).toThrow('surface:start');
});
