import overlaid from './http.js';

// What is exported by name here stands before what Node's module has of the same name.
export * from 'node:http';
export default overlaid;
export const { createServer } = overlaid;
