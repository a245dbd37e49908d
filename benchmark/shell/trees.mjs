// Removing and copying 50,000 files: each run makes its tree anew and prints the milliseconds of the work alone.
const peers = ['zx', 'execa', 'dax'];

/** @param {string} work */
const programs = (work) =>
  Object.fromEntries(
    ['ours', 'bun', ...peers].map((tool) => [
      tool,
      ['benchmark/shell/tree.js', work, peers.includes(tool) ? tool : '$'],
    ]),
  );

export default [
  { name: 'rm -rf of 50,000 files', unit: 'ms', printed: true, programs: programs('rm') },
  { name: 'cp -R of 50,000 files', unit: 'ms', printed: true, programs: programs('cp') },
];
