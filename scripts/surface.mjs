// `npm run surface`: how much of Bun's surface is here. Real Bun and Node with dx-compat each say what they have; the
// table is the comparison. `-- --missing` lists names, `--signatures` functions with another length or name, `--json`
// gives it all as data, `--readme` writes the table into README.md.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { between, compare, share, sum, table } from './surface/compare.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dump = JSON.stringify(path.join(root, 'scripts/surface/dump.cjs'));
const flags = new Set(process.argv.slice(2));
const unknown = [...flags].find((flag) => !['--missing', '--signatures', '--json', '--readme'].includes(flag));
if (unknown) fail(`unknown flag "${unknown}": there are --missing, --signatures, --json, --readme`);

const bun = [path.join(root, 'node_modules/.bin/bun')];
const ours = [process.execPath, '--', path.join(root, 'bin/dx-compat.js')];
const groups = compare(surfaceOf(bun), surfaceOf(ours));

if (flags.has('--json')) console.log(JSON.stringify({ groups, all: sum(groups) }, undefined, 2));
else console.log(table(groups));
if (flags.has('--missing')) for (const { group, missing, different } of groups) list(group, [...missing, ...different]);
if (flags.has('--signatures')) for (const { group, signatures } of groups) list(`${group}: signatures`, signatures);
if (flags.has('--readme')) writeReadme();

/** @param {string[]} runtime the command that starts it @returns {import('./surface/compare.mjs').Entry[]} */
function surfaceOf(runtime) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-surface-'));
  try {
    const result = JSON.stringify(path.join(folder, 'result.json'));
    const start = `import { createRequire } from 'node:module';
      import fs from 'node:fs';
      const { dump } = createRequire(import.meta.url)(${dump});
      const write = (entries) => fs.writeFileSync(${result}, JSON.stringify(entries));\n`;
    fs.writeFileSync(path.join(folder, 'all.mjs'), `${start} write(await dump('all', import.meta)); process.exit();`);
    // `expect(…)` works in a test file only
    const inTest = `import { test } from 'bun:test';\n${start} test('surface', async () => write(await dump('bun:test')));`;
    fs.writeFileSync(path.join(folder, 'matchers.test.mjs'), inTest);
    return [['all.mjs'], ['test', './matchers.test.mjs']].flatMap((args) => run([...runtime, ...args], folder));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string[]} command @param {string} folder @returns {import('./surface/compare.mjs').Entry[]} */
function run([file, ...args], folder) {
  const { status, stderr, error } = spawnSync(file, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  const result = path.join(folder, 'result.json');
  if (error || !fs.existsSync(result)) fail(`${file} ${args.join(' ')} ended with ${status}: ${error ?? stderr}`);
  const entries = JSON.parse(fs.readFileSync(result, 'utf8'));
  fs.rmSync(result);
  return entries;
}

/** @param {string} title @param {string[]} names */
function list(title, names) {
  if (names.length > 0) console.log(`\n${title} (${names.length})\n${names.map((name) => `  ${name}`).join('\n')}`);
}

function writeReadme() {
  const file = path.join(root, 'README.md');
  const all = sum(groups);
  const text = `${table(groups)}\n\n${share(all)} of what Bun ${JSON.parse(fs.readFileSync(path.join(root, 'node_modules/bun/package.json'), 'utf8')).version} has (${all.have} of ${all.total} names, same type), on Node ${process.versions.node}. Lists: \`npm run surface -- --missing\`.`;
  fs.writeFileSync(file, between(fs.readFileSync(file, 'utf8'), text));
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(`surface: ${message}`);
  process.exit(1);
}
