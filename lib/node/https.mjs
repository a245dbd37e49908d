import overlaid from './https.js';

// What is exported by name here stands before what Node's module has of the same name.
export * from 'node:https';
export default overlaid;
export const { createServer } = overlaid;
