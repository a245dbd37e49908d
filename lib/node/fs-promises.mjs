import overlaid from './fs-promises.js';

// What is exported by name here stands before what Node's module has of the same name.
export * from 'node:fs/promises';
export default overlaid;
export const { cp, lstat, readFile, readdir, rm, stat, writeFile } = overlaid;
