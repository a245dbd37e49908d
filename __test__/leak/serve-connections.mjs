// Connections that are opened and dropped in every way; descriptors and memory have to come back, and the server has to
// answer at the end.
//   node bin/dx-compat.js __test__/leak/serve-connections.mjs [connections, 100000]
import fs from 'node:fs';
import net from 'node:net';

const [wanted = 100_000] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;
const ALLOWED_GROWTH = 40;

let aborted = 0;
const server = Bun.serve({
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
});

const get = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n\r\n';
const post = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(5000)}`;
/** What is said, whether an answer is waited for, and how the connection ends. */
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
];

/** @param {number} number */
function connection(number) {
  const [said, waits, end] = manners[number % manners.length];
  return new Promise((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1', () => {
      if (said) socket.write(said);
      if (!waits) finish();
    });
    const finish = () => {
      if (end === 'reset') socket.resetAndDestroy();
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
const quiet = async () => {
  for (let tries = 0; tries < 100 && (server.pendingRequests > 0 || server.pendingWebSockets > 0); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
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
const left = [server.pendingRequests, server.pendingWebSockets, server.subscriberCount('all')];
await server.stop(true);
console.log(
  `${wanted} connections in ${Math.round((Date.now() - started) / 1000)} s, ${aborted} requests aborted: ` +
    `${memory.toFixed(1)} MB after a half, ${memoryAfter.toFixed(1)} MB at the end; descriptors ${opened}, ${openedAfter}; ` +
    `left over: ${left.join(' ')}`,
);
const lost = left.some((count) => count > 0);
if (answer !== 'hi' || lost || memoryAfter > memory + ALLOWED_GROWTH || openedAfter > opened + 5) process.exit(1);
