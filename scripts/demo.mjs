// `npm run demo`: from a fresh clone to a running service, examples/notes on Node.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { root } from './addon-stamp.mjs';
import { prepare } from './prepare.mjs';

await prepare();
const port = (await isFree(3000)) ? 3000 : 0;
const database = path.join(root, '.cache', 'demo', 'notes.sqlite');
fs.mkdirSync(path.dirname(database), { recursive: true });
const server = spawn(process.execPath, [path.join(root, 'bin', 'dx-compat.js'), 'run', 'server.ts'], {
  cwd: path.join(root, 'examples', 'notes'),
  env: { ...process.env, PORT: String(port), NOTES_DEMO: '1', NOTES_DATABASE: database },
  stdio: ['ignore', 'pipe', 'inherit'],
});

let told = '';
server.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  if (told === undefined) return;
  told += chunk;
  const address = /http:\/\/\S+/.exec(told)?.[0];
  if (!address) return;
  told = undefined;
  console.log(`
  Open   ${address}
  Log in as demo with the password demo-demo, or sign up.
  Try    a search for “planner”, a tag, a new note without a title, ${address}export.json
  Or     curl -i ${address}health

  The program is examples/notes/server.ts: written for Bun, running on Node ${process.versions.node}.
  Ctrl-C ends it. What you wrote stays in ${path.relative(process.cwd(), database)}.
`);
});

// A terminal sends Ctrl-C to both processes, `kill` to this one only: pass it on, and end as the server ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.on('error', (error) => {
  console.error(`dx-compat: the demo did not start: ${error.message}`);
  process.exit(1);
});
server.on('close', (status, signal) => process.exit(status ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
