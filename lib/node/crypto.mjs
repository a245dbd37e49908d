import overlaid from './crypto.js';

// What is exported by name here stands before what Node's module has of the same name.
export * from 'node:crypto';
export default overlaid;
export const { createHash, createHmac, hash, randomBytes } = overlaid;
