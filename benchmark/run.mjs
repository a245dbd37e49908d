// `npm run bench -- [filter…]`: dx-compat beside the pinned Bun, Node and the best npm peer, the same work for all.
//
// Every contender is a process of its own; they take turns in short slices for several rounds, so that a noisy machine
// disturbs all alike. Figures are medians over the rounds. Speed passes or fails nothing.
//
//   --quick        few and short slices: shows that the cases run, not what they cost
//   --rounds N     rounds for each case (9)
//   --node PATH    also with this Node; can be given more than once
//   --pin          servers and their load on a processor each; the results are not kept
//   --cpu          the processor's time of in-process cases in place of the clock's, for a machine that does other things,
//                  too; the results are not kept
//   --readme       writes the tables of all results into README.md
//   --list         shows the cases
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from '../scripts/prepare.mjs';
import { machine } from './harness/machine.mjs';
import { openContenders } from './harness/contenders.mjs';
import { median } from './harness/median.mjs';
import { caseTable, saveResult, writeReadme, writeReport } from './harness/report.mjs';

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    node: { type: 'string', multiple: true, default: [] },
    pin: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const folder = import.meta.dirname;
const rounds = Number(options.rounds ?? (options.quick ? 3 : 9));
const slice = options.quick ? 50 : 250;
const nodes = [process.execPath, ...options.node];
if (options.cpu) process.env.BENCHMARK_CLOCK = 'cpu';

const selected = [];
for (const file of caseFiles()) {
  const { default: cases } = await import(pathToFileURL(path.join(folder, file)).href);
  for (const [index, spec] of (cases ?? []).entries()) {
    const id = `${file.replace(/\.mjs$/, '')}: ${spec.name}`;
    if (filters.every((part) => id.includes(part))) selected.push({ file, index, id, spec });
  }
}
if (options.list) {
  for (const { id } of selected) console.log(id);
} else if (selected.length) {
  const profile = await prepare({ profile: options.quick ? 'any' : 'release' });
  const about = machine(profile);
  console.log(`${about.cpu}, ${about.cores} cores, ${about.system}; Bun ${about.bun}; ${rounds} rounds\n`);
  for (const one of selected) await measure(one, about);
  writeReport();
} else if (!options.readme) {
  console.error(`no case fits: ${filters.join(' ')}`);
  process.exitCode = 1;
}
if (options.readme) writeReadme();

/** @param {typeof selected[number]} one @param {ReturnType<typeof machine>} about */
async function measure({ file, index, id, spec }, about) {
  const contenders = await openContenders({ file: path.join(folder, file), index, spec, nodes, pin: options.pin });
  /** @type {Map<string, number[]>} */
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  try {
    for (const { measure } of contenders) await measure(slice); // warms up, counts for nothing
    for (let round = 0; round < rounds; round++) {
      const turn = contenders.map((_, i) => contenders[(i + round) % contenders.length]);
      for (const { name, measure } of turn) samples.get(name)?.push(await measure(slice));
    }
  } finally {
    for (const { close } of contenders) await close();
  }
  const figures = Object.fromEntries([...samples].map(([name, list]) => [name, median(list)]));
  const result = {
    id,
    unit: spec.unit ?? 'ns',
    better: spec.better ?? 'lower',
    note: spec.note,
    figures,
    rounds,
    machine: about,
  };
  if (!options.quick && !options.pin && !options.cpu) saveResult(result);
  console.log(`${caseTable([result])}\n`);
}

/** @returns {string[]} `sqlite/get.mjs`, … */
function caseFiles() {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['harness', 'results'].includes(entry.name))
    .flatMap(({ name }) => fs.readdirSync(path.join(folder, name)).map((file) => `${name}/${file}`))
    .filter((file) => file.endsWith('.mjs'))
    .sort();
}
