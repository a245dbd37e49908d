// Trees and pipes of `dx-compat/node/fs` beside Node's own.
import childProcess from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { place, waiting } from './pair.mjs';

/** 1,000 files in 40 directories. */
function tree() {
  const folder = place();
  for (let directory = 0; directory < 40; directory++) {
    fs.mkdirSync(path.join(folder, `tree/${directory}`), { recursive: true });
    for (let file = 0; file < 25; file++)
      fs.writeFileSync(path.join(folder, `tree/${directory}/${file}`), 'some bytes '.repeat(20));
  }
  return { tree: path.join(folder, 'tree'), copy: path.join(folder, 'copy') };
}

/** @param {number} size @param {string} [encoding] */
const reading = (size, encoding) => (/** @type {any} */ module) => {
  const file = path.join(place(), 'file');
  fs.writeFileSync(file, Buffer.alloc(size, 'some bytes '));
  return {
    // The event loop turns in between, as in a program that does something with what it reads.
    work: async () => {
      module.readFileSync(file, encoding);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

/** A process that reads all that it is sent; what it costs is not the sender's. */
function receiver() {
  const code = `const server = require('net').createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('end', () => socket.end()).resume();
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = childProcess.spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { port: once(child.stdout, 'data').then(([text]) => Number(text)), close: () => void child.kill() };
}

export default [
  waiting(
    'fs.promises.cp and rm of 1,000 files',
    'fs',
    () => fs,
    (module) => {
      const { tree: from, copy } = tree();
      return {
        async work() {
          await module.promises.cp(from, copy, { recursive: true });
          await module.promises.rm(copy, { recursive: true });
        },
      };
    },
  ),
  waiting(
    'fs.cpSync and rmSync of 1,000 files',
    'fs',
    () => fs,
    (module) => {
      const { tree: from, copy } = tree();
      return {
        work() {
          module.cpSync(from, copy, { recursive: true });
          module.rmSync(copy, { recursive: true });
        },
      };
    },
  ),
  waiting(
    'fs.readdirSync, 1,000 files, recursive',
    'fs',
    () => fs,
    (module) => {
      const { tree: from } = tree();
      return { work: () => module.readdirSync(from, { recursive: true }) };
    },
  ),
  waiting(
    'fs.promises.readdir, 1,000 files, recursive',
    'fs',
    () => fs,
    (module) => {
      const { tree: from } = tree();
      return { work: () => module.promises.readdir(from, { recursive: true }) };
    },
  ),
  waiting(
    'createReadStream().pipe(createWriteStream()), 64 MB',
    'fs',
    () => fs,
    (module) => {
      const folder = place();
      const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
      fs.writeFileSync(from, Buffer.alloc(64 << 20, 'some bytes '));
      return {
        work: () =>
          new Promise((resolve) => {
            module.createReadStream(from).pipe(module.createWriteStream(to)).on('close', resolve);
          }),
      };
    },
  ),
  waiting(
    'createReadStream().pipe(socket), 64 MB',
    'fs',
    () => fs,
    (module) => {
      const from = path.join(place(), 'from');
      fs.writeFileSync(from, Buffer.alloc(64 << 20, 'some bytes '));
      const { port, close } = receiver();
      return {
        async work() {
          const socket = net.connect(await port, '127.0.0.1');
          module.createReadStream(from).pipe(socket);
          await once(socket.resume(), 'close');
        },
        close,
      };
    },
  ),
  waiting(
    'fs.watch, recursive, 1,000 files',
    'fs',
    () => fs,
    (module) => {
      const { tree: from } = tree();
      return { work: () => module.watch(from, { recursive: true }).close() };
    },
  ),
  waiting(
    'fs.promises.stat of 1,000 files',
    'fs',
    () => fs,
    (module) => {
      const { tree: from } = tree();
      const names = fs.readdirSync(from, { recursive: true }).map((name) => path.join(from, String(name)));
      return { work: () => Promise.all(names.map((name) => module.promises.stat(name))) };
    },
  ),
  waiting(
    'fs.promises.writeFile, 1 KB',
    'fs',
    () => fs,
    (module) => {
      const file = path.join(place(), 'file');
      const text = 'some bytes '.repeat(93);
      return { work: () => module.promises.writeFile(file, text) };
    },
  ),
  waiting("fs.readFileSync, 64 MB, 'utf8'", 'fs', () => fs, reading(64 << 20, 'utf8')),
  waiting("fs.readFileSync, 1 MB, 'utf8'", 'fs', () => fs, reading(1 << 20, 'utf8')),
  waiting('fs.readFileSync, 64 MB', 'fs', () => fs, reading(64 << 20)),
  waiting(
    "fs.promises.readFile, 64 MB, 'utf8'",
    'fs',
    () => fs,
    (module) => {
      const file = path.join(place(), 'file');
      fs.writeFileSync(file, Buffer.alloc(64 << 20, 'some bytes '));
      return { work: () => module.promises.readFile(file, 'utf8') };
    },
  ),
];
