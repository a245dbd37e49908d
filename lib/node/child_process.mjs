import overlaid from './child_process.js';

// What is exported by name here stands before what Node's module has of the same name.
export * from 'node:child_process';
export default overlaid;
export const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = overlaid;
