// tree.js rm|cp TOOL FOLDER: prints how many milliseconds the removal or the copy of a tree of 50,000 files takes.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const [work, tool, place] = process.argv.slice(2);
const folder = path.join(place, 'dx-compat-benchmark-tree');
const source = path.join(folder, 'source');
const target = path.join(folder, `target-${process.pid}`);

function make() {
  if (fs.existsSync(path.join(folder, 'made'))) return;
  for (let i = 0; i < 100; i++) {
    const below = path.join(source, `folder-${i}`);
    fs.mkdirSync(below, { recursive: true });
    for (let j = 0; j < 500; j++)
      fs.writeFileSync(path.join(below, `file-${j}`), `content of file ${j}\n`.repeat(j % 20));
  }
  fs.writeFileSync(path.join(folder, 'made'), '');
}

/** @returns {Promise<(command: string, ...args: string[]) => Promise<unknown>>} */
async function open() {
  if (tool === '$') {
    const { $ } = require('bun');
    return (command, ...args) => $`${command} ${args}`.quiet();
  }
  if (tool === 'zx') {
    const { $ } = await import('zx');
    return (command, ...args) => $({ quiet: true })`${command} ${args}`;
  }
  if (tool === 'dax') {
    const { $ } = await import('dax');
    // Its own commands are found by name only.
    return (command, ...args) => $.raw`${command} ${args.join(' ')}`.quiet();
  }
  const { execa } = await import('execa');
  return (command, ...args) => execa(command, args);
}

async function main() {
  make();
  const run = await open();
  if (work === 'rm') spawnSync('cp', ['-R', source, target]);
  const started = performance.now();
  await (work === 'rm' ? run('rm', '-rf', target) : run('cp', '-R', source, target));
  console.log((performance.now() - started).toFixed(1));
  if (work === 'cp') {
    const files = fs.readdirSync(target).flatMap((name) => fs.readdirSync(path.join(target, name)));
    spawnSync('rm', ['-rf', target]);
    if (files.length !== 50_000) throw new Error(`${files.length} files were copied`);
  } else if (fs.existsSync(target)) throw new Error('the tree is still there');
}
main();
