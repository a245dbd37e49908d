import { describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { between, compare, share, sum, table } from '../../scripts/surface/compare.mjs';

const script = path.join(import.meta.dir, '../../scripts/surface.mjs');

describe('the comparison', () => {
  const groups = compare(
    [
      ['Bun', 'Bun.a', 'function', 1, 'a'],
      ['Bun', 'Bun.b', 'function', 2, 'b'],
      ['Bun', 'Bun.c', 'object'],
      ['Bun', 'Bun.d', 'string'],
      ['globals', 'globalThis.File#text', 'function', 0, 'text'],
      ['inherited', 'globalThis.File#size', 'value'],
      ['Bun', 'Bun.a', 'function', 1, 'a'],
    ],
    [
      ['Bun', 'Bun.a', 'function', 0, 'a'],
      ['Bun', 'Bun.c', 'function', 0, 'c'],
      ['Bun', 'Bun.d', 'string'],
      ['Bun', 'Bun.ours', 'string'],
      ['inherited', 'globalThis.File#text', 'function', 0, 'text'],
    ],
  );

  test('counts what is there with the same type', () => {
    expect(groups).toEqual([
      {
        group: 'Bun',
        total: 4,
        have: 2,
        missing: ['Bun.b'],
        different: ['Bun.c: function, not object'],
        signatures: ['Bun.a.length: 0, not 1'],
      },
      { group: 'globals', total: 1, have: 1, missing: [], different: [], signatures: [] },
    ]);
    expect(sum(groups)).toMatchObject({ total: 5, have: 3 });
    expect(share({ have: 2, total: 3 })).toBe('66.7 %');
  });

  test('makes a table', () => {
    const lines = table(groups).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatch(/^\| `Bun\.\*` +\| +4 \| +2 \| +50\.0 % \|$/);
    expect(lines[4]).toMatch(/^\| \*\*All\*\* +\| +5 \| +3 \| +60\.0 % \|$/);
  });

  test('writes between the markers', () => {
    expect(between('a\n<!-- surface:start -->\nold\n<!-- surface:end -->\nb', 'new')).toBe(
      'a\n<!-- surface:start -->\nnew\n<!-- surface:end -->\nb',
    );
    expect(() => between('nothing', 'new')).toThrow('no <!-- surface:start -->');
  });
});

describe('npm run surface', () => {
  const node = process.env.npm_node_execpath ?? 'node';

  test('finds what both have', () => {
    const { stdout, stderr, status } = spawnSync(node, [script, '--json'], { encoding: 'utf8', timeout: 60_000 });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const { groups, all } = JSON.parse(stdout);
    const names = groups.map(({ group }: { group: string }) => group);
    expect(names).toEqual([
      'Bun',
      'Bun: members',
      'Bun: instances',
      'bun:sqlite',
      'bun:test',
      'bun:ffi',
      'bun:jsc',
      'import.meta',
      'globals',
      'globals: members',
      'ECMAScript',
    ]);
    expect(all.have).toBeGreaterThan(500);
    expect(all.have).toBeLessThanOrEqual(all.total);
    const [bun] = groups;
    expect(bun.total).toBeGreaterThan(100);
    expect(bun.have + bun.missing.length + bun.different.length).toBe(bun.total);
    for (const name of ['Bun.serve', 'Bun.file', 'Bun.version', 'Bun.password'])
      expect(bun.missing).not.toContain(name);
  }, 90_000);

  test('refuses an unknown flag', () => {
    const { stderr, status } = spawnSync(node, [script, '--nope'], { encoding: 'utf8' });
    expect(stderr).toStartWith('surface: unknown flag "--nope"');
    expect(status).toBe(1);
  });
});
