// What else servers do: fixed answers, patterns, uploads, files, streams, many headers. 64 connections, keep-alive.
import path from 'node:path';

const server = (/** @type {string} */ name) => [path.join(import.meta.dirname, 'servers', name)];
const servers = { ours: server('routes.js'), bun: server('routes.js'), 'node:http': server('node-routes.js') };
const frameworks = { ...servers, Fastify: server('fastify.js'), 'Hono on node-server': server('hono.js') };

/** @type {[string, Record<string, unknown>][]} */
const cases = [
  ['static route', { path: '/static' }],
  ['route with a parameter, JSON out', { path: '/items/7' }],
  ['POST echo, 512 B', { path: '/echo', body: 512 }],
  ['POST echo, 1 MB, 8 connections', { path: '/echo', body: 1024 * 1024, connections: 8 }],
  ['64 KB body', { path: '/large' }],
  ['file, 1 KB', { path: '/file/1k' }],
  ['file, 1 MB', { path: '/file/1m' }],
  ['file, 100 MB, 4 connections', { path: '/file/100m', connections: 4 }],
  ['streamed body, 16 chunks', { path: '/stream' }],
  [
    '100 headers',
    { path: '/headers', headers: Array.from({ length: 100 }, (_, at) => `X-Field-${at}: value of ${at}`) },
  ],
];

export default cases.map(([name, load]) => ({
  name,
  unit: 'requests/s',
  better: 'higher',
  servers: name.startsWith('file') ? servers : frameworks,
  load,
}));
