import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { type Case, type Result, readCases, runHere, runInBash, runInBun } from './scripts';

/** Where we part from the oracle on purpose; what no longer differs fails. */
const differences: Record<string, string> = JSON.parse(
  fs.readFileSync(path.join(import.meta.dir, 'differences.json'), 'utf8'),
);

const cases = readCases();
const groups = [...new Set(cases.map(({ oracle, group }) => `${oracle}: ${group}`))];
// Real Bun is held to what it shares with bash; what it lacks it cannot be asked.
const asked = cases.filter(({ oracle }) => isDxCompat || oracle === 'both');

let folder = '';
const ours = new Map<Case, Result>();
const theirs = new Map<Case, Result>();

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-shell-')));
  const by = (bash: boolean) => asked.filter(({ oracle }) => (oracle === 'bun') !== bash);
  const keep = (map: Map<Case, Result>, list: Case[], results: Result[]) =>
    list.forEach((item, index) => map.set(item, results[index]));
  const scripts = (list: Case[]) => list.map(({ script }) => script);
  keep(theirs, by(true), runInBash(scripts(by(true)), path.join(folder, 'bash')));
  if (by(false).length > 0) keep(theirs, by(false), runInBun(scripts(by(false)), path.join(folder, 'bun')));
  keep(ours, asked, await runHere(scripts(asked), path.join(folder, 'ours')));
}, 60_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }), 60_000);

const utilities =
  'cat|chmod|cp|cut|date|env|find|grep|head|ln|mktemp|printenv|printf|readlink|realpath|sed|sleep|sort|tail|tee|tr|uniq|wc|xargs';

/** Messages of the utilities without what GNU adds to them; those of the shells themselves are in their own words. */
function messages(stderr: string): string {
  const line = new RegExp(`^(${utilities}): `);
  return stderr
    .replace(/[‘’`]/g, "'")
    .split('\n')
    .filter((text) => line.test(text))
    .join('\n');
}

for (const group of groups) {
  describe(group, () => {
    for (const item of asked.filter((one) => `${one.oracle}: ${one.group}` === group)) {
      test(item.script.replaceAll('\n', ' ⏎ '), () => {
        const [own, other] = [ours.get(item)!, theirs.get(item)!];
        const seen = (result: Result) => ({
          code: result.code,
          stdout: result.stdout,
          stderr: item.oracle === 'bun' ? result.stderr : messages(result.stderr),
        });
        if (isDxCompat && item.script in differences) expect(seen(own)).not.toEqual(seen(other));
        else if (isDxCompat) expect(seen(own)).toEqual(seen(other));
        else expect([own.code === 0, own.stdout]).toEqual([other.code === 0, other.stdout]);
      });
    }
  });
}
