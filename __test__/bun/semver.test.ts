import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';

const versions = [
  '0.0.0',
  '0.0.1',
  '0.0.2',
  '0.1.0',
  '0.1.5',
  '0.2.0',
  '1.0.0',
  '1.0.1',
  '1.2.3',
  '1.2.4',
  '1.3.0',
  '1.9.9',
  '2.0.0',
  '2.1.0',
  '3.0.0',
  '10.0.0',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.2.3-pre',
  '2.0.0-0',
  '0.0.1-x',
  '1.2.4-pre',
  'v1.2.3',
  '1.2.3+build',
];
const ranges = [
  '*',
  '',
  'x',
  '1',
  '1.x',
  '1.2',
  '1.2.x',
  '1.2.3',
  '=1.2.3',
  '^1',
  '^1.2',
  '^1.2.3',
  '^0',
  '^0.1',
  '^0.0.1',
  '^0.0',
  '~1',
  '~1.2',
  '~1.2.3',
  '~0.1',
  '>1',
  '>1.2',
  '>1.2.3',
  '>=1',
  '>=1.2.3',
  '<1',
  '<1.2',
  '<1.2.3',
  '<=1',
  '<=1.2',
  '<=1.2.3',
  '>=1.0.0 <2.0.0',
  '1.0.0 - 2.0.0',
  '1 - 2',
  '1.2 - 2.1',
  '>=1.2.3-pre',
  '^1.2.3-pre',
  '~1.2.3-pre',
  '1.2.3-pre',
  '<1.2.3-pre',
  '>1.0.0-alpha <1.0.0',
  '1.2.3 || 2.0.0',
  '^1.0.0-alpha',
  '^2.0.0-0',
  '1.0.0-alpha.1 || ^1.0.0-beta.1',
  '> 1.2.3',
  '>= 1.0.0 < 1.3.0',
  '^ 1.2.3',
  'v1.2.3',
  '^v1.2',
  '<2 >1',
  '>=0.0.1-x',
];

describe('Bun.semver', () => {
  test('every version in every range, and in order, as in Bun 1.4.5', () => {
    const lines: string[] = [];
    for (const version of versions)
      for (const range of ranges) lines.push(`${version} in ${range} ${Bun.semver.satisfies(version, range)}`);
    for (const a of versions) for (const b of versions) lines.push(`${a} <=> ${b} ${Bun.semver.order(a, b)}`);
    expect(
      createHash('sha256')
        .update(`${lines.join('\n')}\n`)
        .digest('hex')
        .slice(0, 16),
    ).toBe('8a92eefd12cdefe3');
  });

  test('satisfies', () => {
    expect(Bun.semver.satisfies('1.2.3', '^1.0.0')).toBe(true);
    expect(Bun.semver.satisfies('1.2.3-beta', '^1.0.0')).toBe(false);
    expect(Bun.semver.satisfies('2.0.0', '1.x || >=2.0.0 <3')).toBe(true);
    for (const wrong of ['x', '1', '1.0', '']) expect(Bun.semver.satisfies(wrong, '*')).toBe(false);
    for (const odd of ['garbage', '', undefined]) expect(Bun.semver.satisfies('1.2.3', odd as any)).toBe(true);
  });

  test('order', () => {
    expect(['1.0.0', '1.0.0-rc.1', '0.9.0', '1.0.0-beta.11', '1.0.0-beta.2'].sort(Bun.semver.order)).toEqual([
      '0.9.0',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ]);
    expect(Bun.semver.order('1.0', '1.0.0')).toBe(1);
    expect(Bun.semver.order('v1.0.0', '=1.0.0+build')).toBe(0);
    expect(() => Bun.semver.order('foo', '1.0.0')).toThrow('Invalid SemVer: foo');
  });
});
