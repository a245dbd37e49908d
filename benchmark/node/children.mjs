// Asynchronous children of `dx-compat/node/child_process` beside Node's own. Node copies its page tables for each, so that
// what it costs grows with what the program holds: one with 256 MB stands for a program at work.
import childProcess from 'node:child_process';
import { waiting } from './pair.mjs';

/** @param {number} megabytes @param {(module: any, done: () => void) => void} start */
const ending = (megabytes, start) => (/** @type {any} */ module) => {
  const held = Buffer.alloc(megabytes << 20, 1);
  return {
    work: () => new Promise((resolve) => start(module, () => resolve(undefined))),
    close: () => held.fill(0),
  };
};

export default [
  waiting(
    "spawn('true'), 256 MB held",
    'child_process',
    () => childProcess,
    ending(256, (module, done) => module.spawn('/bin/true').on('close', done)),
  ),
  waiting(
    "spawn('true')",
    'child_process',
    () => childProcess,
    ending(1, (module, done) => module.spawn('/bin/true').on('close', done)),
  ),
  waiting(
    "spawn('true'), without streams",
    'child_process',
    () => childProcess,
    ending(1, (module, done) => module.spawn('/bin/true', { stdio: 'ignore' }).on('close', done)),
  ),
  waiting(
    "exec('true')",
    'child_process',
    () => childProcess,
    ending(64, (module, done) => module.exec('true', done)),
  ),
];
