// WebSockets over loopback: messages per second, what the server's process spends on one of them, and what a connection
// takes that nobody uses.
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

const floors = { 'echo.js': 'benchmark/websocket/floor.c', 'publish.js': 'benchmark/websocket/floor-publish.c' };

export default [
  ...cases.flatMap(([name, file, load]) => {
    const common = { servers: all(file), load, floor: floors[/** @type {'echo.js'} */ (file)] };
    return [
      { name, unit: 'messages/s', better: 'higher', ...common },
      { name: `${name}, server CPU`, unit: 'µs', better: 'lower', ...common, cpu: 'total' },
    ];
  }),
  {
    name: '10,000 idle connections, memory of one',
    unit: 'bytes',
    better: 'lower',
    servers: all('echo.js'),
    load: { connections: 64, websocket: 'echo', size: 16 },
    idle: 10_000,
  },
];
