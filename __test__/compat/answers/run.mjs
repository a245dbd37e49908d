// `node __test__/compat/answers/run.mjs [--node PATH…] [FILTER]`: every member, option and overload of files, globs, routers,
// archives and processes, called with values of every kind on real Bun and here: from CommonJS, from a module and from a
// worker, on this Node and the given ones. Prints what differs and is not in known.json, and fails when something does.
// An answer that is not the same twice on Bun counts for nothing.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const folder = import.meta.dirname;
const root = path.resolve(folder, '../../..');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', multiple: true, default: [] }, all: { type: 'boolean', default: false } },
});
const program = (/** @type {string} */ name) => path.join(folder, name);
const ways = [
  ['CommonJS', program('program.cjs')],
  ['module', program('program.mjs')],
  ['worker', program('program.cjs'), '--worker'],
];
const bun = [path.join(root, 'node_modules/.bin/bun')];
const known = JSON.parse(fs.readFileSync(program('known.json'), 'utf8')).map(({ cases, reason }) => ({
  cases: cases.map((pattern) => new RegExp(pattern)),
  reason,
}));

/** @param {string[]} command @returns {Record<string, string>} */
function answers([file, ...words]) {
  const { stderr, status } = spawnSync(file, [...words, ...positionals], {
    encoding: 'utf8',
    cwd: path.dirname(given),
    env: { ...process.env, ANSWERS: given },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${file} ${words.join(' ')}: ${stderr}`);
  return JSON.parse(fs.readFileSync(given, 'utf8'));
}

const given = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'answers-')), 'answers.json');
process.on('exit', () => fs.rmSync(path.dirname(given), { recursive: true, force: true }));
let found = 0;
for (const [way, ...words] of ways) {
  const [one, other] = [answers([...bun, ...words]), answers([...bun, ...words])];
  for (const node of [process.execPath, ...options.node]) {
    const ours = answers([node, '--import', path.join(root, 'register.js'), ...words]);
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const differs = Object.keys(one).filter((name) => one[name] === other[name] && ours[name] !== one[name]);
    const fresh = differs.filter(
      (name) => options.all || !known.some(({ cases }) => cases.some((each) => each.test(name))),
    );
    console.log(
      `Node ${version}, ${way}: ${Object.keys(one).length} answers, ${differs.length} differ, ${fresh.length} of them not known`,
    );
    for (const name of fresh) console.log(`  ${name}\n    Bun  ${one[name]}\n    here ${ours[name]}`);
    found += fresh.length;
  }
}
process.exitCode = found === 0 ? 0 : 1;
