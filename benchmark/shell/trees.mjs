// Removing and copying 50,000 files: each run makes what it works on anew and prints the milliseconds of the work alone.
//
// In memory where there is such a file system: on ext4 the same work takes from one to forty times as long, since the
// kernel looks for an inode that was not removed in the last minutes, and each run removes 50,000.
import fs from 'node:fs';
import os from 'node:os';

const place = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
// zx starts the system's programs, as execa does; dax takes twenty times as long as these to copy.
const peers = { rm: ['execa', 'dax'], cp: ['execa'] };

/** @param {'rm' | 'cp'} work */
const tree = (work) => ({
  unit: 'ms',
  printed: true,
  runs: 1,
  programs: Object.fromEntries(
    ['ours', 'bun', ...peers[work]].map((tool) => [
      tool,
      ['benchmark/shell/tree.js', work, peers[work].includes(tool) ? tool : '$', place],
    ]),
  ),
  limit: ['benchmark/shell/tree.c', work, place],
});

export default [
  { name: 'rm -rf of 50,000 files', ...tree('rm') },
  { name: 'cp -R of 50,000 files', ...tree('cp') },
];
