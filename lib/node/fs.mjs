import overlaid from './fs.js';

// What is exported by name here stands before what Node's module has of the same name.
export * from 'node:fs';
export default overlaid;
export const {
  cp,
  cpSync,
  createReadStream,
  lstat,
  promises,
  readFile,
  readFileSync,
  readdir,
  readdirSync,
  rm,
  rmSync,
  stat,
  writeFile,
} = overlaid;
