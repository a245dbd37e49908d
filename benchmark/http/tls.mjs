// TLS and HTTP/2, with the load of Debian's h2load (package nghttp2-client). Without it there are no cases.
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

export default (hasH2load ? cases : []).map(([name, h2load]) => ({
  name,
  unit: 'requests/s',
  better: 'higher',
  servers,
  load: { h2load },
}));
