// Compares the two ways a pattern is matched, in JavaScript and by the engine, which have to agree on every path:
//   node __test__/fuzz/glob-engines.mjs FIRST-LAST ROUNDS
import { createRequire } from 'node:module';
import { globCases } from './glob-cases.mjs';

const require = createRequire(import.meta.url);
const { quickMatcher } = require('../../lib/bun/glob-matcher');
const { GlobPattern } = require('../../lib/internal/native').native('bun-core', 'file');

const [seeds = '1-10', rounds = '20000'] = process.argv.slice(2);
const [first, last = first] = seeds.split('-').map(Number);
let [patterns, quick, matches, different] = [0, 0, 0, 0];
for (let seed = first; seed <= last; seed++) {
  for (const { pattern, paths } of globCases(seed, Number(rounds))) {
    patterns++;
    const matcher = quickMatcher(pattern);
    if (!matcher) continue;
    quick++;
    const engine = new GlobPattern(pattern);
    for (const path of paths) {
      const [here, there] = [matcher.test(path), engine.matches(path)];
      if (there) matches++;
      if (here === there) continue;
      different++;
      if (different <= 20) console.log(JSON.stringify({ pattern, path, here, there }));
    }
  }
}
console.log(`${patterns} patterns, ${quick} of them in JavaScript, ${matches} matches, ${different} differences`);
process.exitCode = different ? 1 : 0;
