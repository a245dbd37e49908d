// WebSockets over loopback: messages per second, and what the server's process spends on one of them.
import path from 'node:path';

const server = (/** @type {string} */ name) => [path.join(import.meta.dirname, 'servers', name)];
const all = (/** @type {string} */ name) => ({ ours: server(name), bun: server(name), ws: server(`ws-${name}`) });

/** @type {[string, string, Record<string, unknown>][]} */
const cases = [
  ['echo 16 B, 64 connections', 'echo.js', { connections: 64, websocket: 'echo', size: 16 }],
  ['echo 1 KB, 64 connections', 'echo.js', { connections: 64, websocket: 'echo', size: 1024 }],
  ['echo 64 KB, 16 connections', 'echo.js', { connections: 16, websocket: 'echo', size: 65536 }],
  ['publish 64 B to 1,000', 'publish.js', { connections: 1001, websocket: 'publish', size: 64 }],
];

export default cases.flatMap(([name, file, load]) => [
  { name, unit: 'messages/s', better: 'higher', servers: all(file), load },
  { name: `${name}, server CPU`, unit: 'µs', better: 'lower', servers: all(file), load, cpu: 'total' },
]);
