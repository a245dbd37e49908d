// TLS and HTTP/2, with the load of Debian's h2load (package nghttp2-client); without it there are no cases of them.
// HTTP/3, with the load of Bun's own client, which costs more than the servers: the CPU time of one tells more.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const server = (/** @type {string} */ name) => [path.join(import.meta.dirname, 'servers', name)];
const servers = {
  ours: server('tls-hello.js'),
  bun: server('tls-hello.js'),
  'node:http2': server('node-tls-hello.js'),
};
const hasH2load = spawnSync('h2load', ['--version']).status === 0;

/** @type {[string, string[]][]} */
const cases = [
  ['hello over TLS, HTTP/1.1, 64 connections', ['--h1', '-c', '64']],
  ['hello over TLS, HTTP/2, 8 connections with 16 streams', ['-c', '8', '-m', '16']],
];

const over = (hasH2load ? cases : []).map(([name, h2load]) => ({ name, servers, load: { h2load } }));
const http3 = {
  name: 'hello, HTTP/3, 16 requests at once',
  servers: { ours: server('http3-hello.js'), bun: server('http3-hello.js') },
  load: { http3: 16 },
};

export default [...over, http3].flatMap((one) => [
  { ...one, unit: 'requests/s', better: 'higher' },
  { ...one, name: `${one.name}, server CPU`, unit: 'µs', better: 'lower', cpu: 'total' },
]);
