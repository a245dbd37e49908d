// From starting a process to its end, and what `require('dx-compat')` adds to a Node process.
import path from 'node:path';

const program = (/** @type {string} */ name) => path.join(import.meta.dirname, 'programs', name);

export default [
  {
    name: 'hello.js',
    unit: 'ms',
    programs: { ours: [program('hello.js')], bun: [program('hello.js')], node: [program('hello.js')] },
  },
  {
    name: 'hello.ts',
    unit: 'ms',
    note: 'a program of three TypeScript files; the transpiled files come from the cache after the first start',
    programs: { ours: [program('hello.ts')], bun: [program('hello.ts')] },
  },
  {
    name: "require('dx-compat')",
    unit: 'ms',
    printed: true,
    programs: { 'require, no API touched': [program('require.cjs')] },
  },
];
