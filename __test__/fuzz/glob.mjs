// What random patterns match: `node __test__/fuzz/compare.mjs glob.mjs 1-10 2000` compares it with real Bun.
import { globCases } from './glob-cases.mjs';

const [seed = '1', rounds = '50'] = process.argv.slice(2);
for (const { pattern, paths } of globCases(Number(seed), Number(rounds))) {
  const glob = new Bun.Glob(pattern);
  console.log(JSON.stringify([pattern, ...paths.map((path) => [path, glob.match(path)])]));
}
