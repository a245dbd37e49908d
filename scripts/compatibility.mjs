// `node scripts/compatibility.mjs SUMMARY...`: how much of Bun's own test suite passes here, by area. Each SUMMARY is what
// a run of the suite wrote: a list of [file, tests that pass on real Bun, those that pass here too]. Of a file that several
// name the last one counts. Writes the table into docs/compatibility.md and a line into README.md; `--print` only prints.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { areasOf, percent, table, total } from './compatibility/table.mjs';
import { between } from './surface/compare.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const names = process.argv.slice(2).filter((name) => name !== '--print');
if (names.length === 0 || names.some((name) => name.startsWith('-'))) {
  console.error('compatibility: node scripts/compatibility.mjs [--print] SUMMARY...');
  process.exit(1);
}

/** @type {Map<string, [number, number]>} */
const files = new Map();
for (const name of names) {
  for (const [file, ofBun, ours] of JSON.parse(fs.readFileSync(name, 'utf8'))) files.set(file, [ofBun, ours]);
}
const areas = areasOf(files);
const all = total(areas);
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/bun/package.json'), 'utf8'));
const line = `${percent(all.ours, all.ofBun)} of the tests that pass on Bun ${version}, in the areas of Bun's own suite measured so far, pass here (${all.ours} of ${all.ofBun} in ${all.files} files; ${percent(all.share, all.files)} in the mean over files), on Node ${process.versions.node}.`;

console.log(`${table(areas)}\n\n${line}`);
if (!process.argv.includes('--print')) {
  write('docs/compatibility.md', `${table(areas)}\n\n${line}`);
  write('README.md', `${line} By area: [docs/compatibility.md](docs/compatibility.md).`);
}

/** @param {string} name @param {string} text */
function write(name, text) {
  const file = path.join(root, name);
  fs.writeFileSync(file, between(fs.readFileSync(file, 'utf8'), text, 'compatibility'));
}
