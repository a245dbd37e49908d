// Servers of `node:http` with and without `dx-compat/node/register`: the CPU time that a request costs. What has no
// overlay, Bun, stands beside them with its own `node:http`.
import path from 'node:path';

const servers = path.join(import.meta.dirname, '../http/servers');

/** @type {[string, string, object][]} */
const cases = [
  ['hello', 'node-hello.js', {}],
  ['hello, a turn later', 'node-later.js', {}],
  ['URL, headers and JSON', 'node-json.js', { path: '/items/7?page=2', headers: ['X-Request-Id: 01JD3Y5ZK6'] }],
  ['hello of Fastify', 'fastify.js', {}],
];

export default cases.map(([name, file, load]) => ({
  name: `http.createServer, ${name}, 16 connections, server CPU`,
  unit: 'µs',
  better: 'lower',
  servers: {
    ours: [path.join(servers, 'registered.js'), path.join(servers, file)],
    bun: [path.join(servers, file)],
    'node:http': [path.join(servers, file)],
  },
  load: { connections: 16, ...load },
  cpu: 'total',
}));
