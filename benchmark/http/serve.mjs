// Requests per second over loopback, keep-alive, no pipelining. The load generator and the server share the machine.
import path from 'node:path';

const server = (/** @type {string} */ name) => [path.join(import.meta.dirname, 'servers', name)];
const frameworks = { Fastify: server('fastify.js'), 'Hono on node-server': server('hono.js') };
const hello = {
  ours: server('hello.js'),
  bun: server('hello.js'),
  'node:http': server('node-hello.js'),
  ...frameworks,
};
const json = { ours: server('json.js'), bun: server('json.js'), 'node:http': server('node-json.js'), ...frameworks };

/** What a browser asks with. */
const browser = {
  connections: 64,
  path: '/items/7?page=2',
  headers: [
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Accept: application/json, text/plain, */*',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: en-GB,en;q=0.9',
    'Cookie: session=0123456789abcdef; theme=dark',
    'Referer: https://example.com/items',
    'Sec-Fetch-Mode: cors',
    'X-Request-Id: 01JD3Y5ZK6',
  ],
};

const floor = 'benchmark/http/floor.c';

export default [
  ...['user', 'system', 'total'].map((cpu) => ({
    name: `hello, 64 connections, server CPU (${cpu})`,
    unit: 'µs',
    better: 'lower',
    servers: hello,
    load: { connections: 64 },
    floor,
    cpu,
  })),
  ...['p50', 'p99'].map((latency) => ({
    name: `hello, 64 connections, ${latency}`,
    unit: 'µs',
    better: 'lower',
    servers: hello,
    load: { connections: 64 },
    floor,
    latency,
  })),
  {
    name: 'hello, 64 connections, 16 pipelined',
    unit: 'requests/s',
    better: 'higher',
    servers: hello,
    load: { connections: 64, pipeline: 16 },
  },
  {
    name: '10,000 idle connections, memory of one',
    unit: 'bytes',
    better: 'lower',
    servers: hello,
    idle: 10_000,
  },
  { name: 'hello, 64 connections', unit: 'requests/s', better: 'higher', servers: hello, load: { connections: 64 } },
  { name: 'hello, 1 connection', unit: 'requests/s', better: 'higher', servers: hello, load: { connections: 1 } },
  { name: 'URL, headers and JSON, 64 connections', unit: 'requests/s', better: 'higher', servers: json, load: browser },
  ...['user', 'total'].map((cpu) => ({
    name: `URL, headers and JSON, 64 connections, server CPU (${cpu})`,
    unit: 'µs',
    better: 'lower',
    servers: json,
    load: browser,
    cpu,
  })),
];
