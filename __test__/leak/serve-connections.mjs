// Connections that are opened and dropped in every way; descriptors and memory have to come back, and the server has to
// answer at the end.
//   node bin/dx-compat.js __test__/leak/serve-connections.mjs [connections, 100000]
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

const [wanted = 100_000] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;
const ALLOWED_GROWTH = 40;

let aborted = 0;
const options = {
  port: 0,
  development: false,
  routes: { '/static': new Response('static'), '/large': new Response('x'.repeat(4_000_000)) },
  async fetch(request, it) {
    if (it.upgrade(request)) return;
    request.signal.addEventListener('abort', () => aborted++);
    if (request.method === 'POST') return new Response(await request.text().catch(() => 'broken'));
    if (request.url.endsWith('/never')) return new Promise(() => {});
    return new Response('hi');
  },
  websocket: { open: (ws) => void ws.subscribe('all'), message: (ws, message) => void ws.send(message) },
};
const fixture = (name) => path.join(import.meta.dirname, '../bun/fixtures/tls', name);
const [key, cert, ca] = ['localhost.key', 'localhost.pem', 'ca.pem'].map((name) =>
  fs.readFileSync(fixture(name), 'utf8'),
);
const server = Bun.serve({ ...options, http2: true });
const secure = Bun.serve({ ...options, http2: true, tls: { key, cert } });

const get = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n\r\n';
const post = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(5000)}`;
/** The beginning of HTTP/2, and requests: the first is reset, the second is not ended, the third is whole. */
const second =
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' +
  '\0\0\0\x04\0\0\0\0\0' +
  '\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01x' +
  '\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08' +
  '\0\0\x06\x01\x04\0\0\0\x03\x83\x86\x84\x41\x01x' +
  '\0\0\x06\x01\x05\0\0\0\x05\x82\x86\x84\x41\x01x';
/** The beginning of a client's first message. */
const hello = '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03';
/** What is said, whether an answer is waited for, how the connection ends, and the server: with TLS or without, or with TLS and spoken to in the clear. */
const manners = [
  ['', false, 'reset'],
  ['', false, 'end'],
  ['GET / HTTP/1.1\r\nHos', false, 'reset'],
  [get('/'), true, 'reset'],
  [get('/'), true, 'end'],
  [get('/static'), true, 'destroy'],
  [get('/static').repeat(5), false, 'reset'],
  [get('/never'), false, 'reset'],
  [get('/never'), false, 'end'],
  [get('/large'), true, 'reset'],
  [post, false, 'reset'],
  [post, false, 'end'],
  ['NONSENSE\r\n\r\n', true, 'destroy'],
  [upgrade, true, 'reset'],
  [upgrade, true, 'destroy'],
  [second, true, 'reset'],
  [second, false, 'end'],
  [get('/'), true, 'destroy', 'clear'],
  [hello, false, 'reset', 'clear'],
  [hello, false, 'end', 'clear'],
  [get('/'), true, 'reset', 'tls'],
  [get('/large'), true, 'destroy', 'tls'],
  [second, true, 'destroy', 'tls', { ALPNProtocols: ['h2'] }],
  ['', true, 'destroy', 'tls', { ca: [] }],
];

/** @param {number} number */
function connection(number) {
  const [said, waits, end, over, more] = manners[number % manners.length];
  return new Promise((resolve) => {
    const connected = () => {
      if (said) socket.write(said, 'latin1');
      if (!waits) finish();
    };
    const address = { port: over === undefined ? server.port : secure.port, host: '127.0.0.1' };
    const socket =
      over === 'tls'
        ? tls.connect({ ...address, ca, servername: 'localhost', ...more }, connected)
        : net.connect(address, connected);
    const finish = () => {
      if (end === 'reset' && over !== 'tls') socket.resetAndDestroy();
      else if (end === 'end') socket.end().resume();
      else socket.destroy();
    };
    if (waits) socket.once('data', finish);
    socket.on('error', () => {});
    socket.on('close', resolve);
  });
}

const descriptors = () => (process.platform === 'linux' ? fs.readdirSync('/proc/self/fd').length : 0);
const megabytes = () => {
  Bun.gc(true);
  return process.memoryUsage().rss / 1024 / 1024;
};
const pending = () => [server, secure].some((one) => one.pendingRequests > 0 || one.pendingWebSockets > 0);
const quiet = async () => {
  for (let tries = 0; tries < 100 && pending(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 500));
};

let next = 0;
/** @param {number} until */
async function open(until) {
  const worker = async () => {
    while (next < until) await connection(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await quiet();
}

const started = Date.now();
await open(wanted / 2);
const [memory, opened] = [megabytes(), descriptors()];
await open(wanted);
const [memoryAfter, openedAfter] = [megabytes(), descriptors()];
const answer = await (await fetch(server.url)).text();
const again = await (await fetch(secure.url, { tls: { ca } })).text();
const left = [server, secure].flatMap((one) => [
  one.pendingRequests,
  one.pendingWebSockets,
  one.subscriberCount('all'),
]);
await Promise.all([server.stop(true), secure.stop(true)]);
console.log(
  `${wanted} connections in ${Math.round((Date.now() - started) / 1000)} s, ${aborted} requests aborted: ` +
    `${memory.toFixed(1)} MB after a half, ${memoryAfter.toFixed(1)} MB at the end; descriptors ${opened}, ${openedAfter}; ` +
    `left over: ${left.join(' ')}`,
);
const lost = left.some((count) => count > 0);
if (answer !== 'hi' || again !== 'hi' || lost || memoryAfter > memory + ALLOWED_GROWTH || openedAfter > opened + 5)
  process.exit(1);
