// A day's traffic in small: requests of several kinds and WebSocket messages over connections that come and go; memory
// and descriptors have to be flat in the second half.
//   node bin/dx-compat.js __test__/leak/serve-soak.mjs [requests, 20000000] [messages, 20000000]
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const [wanted = 20_000_000, messages = 20_000_000] = process.argv.slice(2).map(Number);
const CONNECTIONS = 32;
const BURST = 64;
/** Requests of a connection before it is opened anew. */
const LIFE = 20_000;
const ALLOWED_GROWTH = 40;

const server = Bun.serve({
  port: 0,
  development: false,
  routes: {
    '/static': new Response('static'),
    '/items/:id': (request) => Response.json({ id: request.params.id }),
    '/file': Bun.file(path.join(import.meta.dirname, '../../LICENSE')),
    '/stream': () =>
      new Response(
        (async function* () {
          for (let count = 0; count < 8; count++) yield 'a piece of a body';
        })(),
      ),
  },
  async fetch(request, it) {
    if (it.upgrade(request)) return;
    if (request.method === 'POST') return new Response(await request.text());
    return new Response('hi');
  },
  websocket: { message: (ws, message) => void ws.send(message) },
});

const post = (text) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
const chunked = `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'40\r\n'}${'x'.repeat(64)}\r\n0\r\n\r\n`;
/** Requests, and how many of one kind are sent at once. @type {[string, number][]} */
const kinds = [
  ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', BURST],
  ['GET /static HTTP/1.1\r\nHost: x\r\n\r\n', BURST],
  ['GET /items/7 HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\nAccept: */*\r\n\r\n', BURST],
  [post('x'.repeat(64)), BURST],
  ['HEAD /static HTTP/1.1\r\nHost: x\r\n\r\n', BURST],
  [chunked, BURST],
  ['GET /stream HTTP/1.1\r\nHost: x\r\n\r\n', BURST / 4],
  ['GET /file HTTP/1.1\r\nHost: x\r\n\r\n', BURST / 4],
  [post('x'.repeat(200_000)), 1],
];
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n\r\n';
const frame = Buffer.concat([Buffer.from([0x81, 0x90, 0, 0, 0, 0]), Buffer.from('0123456789abcdef')]);
const ECHO = 18;

const descriptors = () => (process.platform === 'linux' ? fs.readdirSync('/proc/self/fd').length : 0);
const megabytes = () => {
  Bun.gc(true);
  return process.memoryUsage().rss / 1024 / 1024;
};
const connect = () =>
  new Promise((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1', () => resolve(socket));
  });

/** Sends bursts and counts answers until the work is done. @param {{ left: number }} work */
async function requests(work) {
  while (work.left > 0) {
    const socket = await connect();
    for (let sent = 0, turn = 0; sent < LIFE && work.left > 0; turn++) {
      const [kind, burst] = kinds[turn % kinds.length];
      work.left -= burst;
      sent += burst;
      let seen = 0;
      const done = new Promise((resolve) => {
        const count = (data) => {
          for (let at = data.indexOf('HTTP/1.1 200'); at !== -1; at = data.indexOf('HTTP/1.1 200', at + 12)) seen++;
          if (seen >= burst) {
            socket.off('data', count);
            resolve();
          }
        };
        // An answer's first line may be cut by the end of a read.
        let rest = '';
        const whole = (data) => {
          const text = rest + data.toString('latin1');
          rest = text.slice(-11);
          count(text);
        };
        socket.removeAllListeners('data');
        socket.on('data', whole);
      });
      socket.write(kind.repeat(burst));
      await done;
    }
    socket.destroy();
  }
}

/** @param {{ left: number }} work */
async function sockets(work) {
  while (work.left > 0) {
    const socket = await connect();
    const opened = new Promise((resolve) => socket.once('data', resolve));
    socket.write(upgrade);
    await opened;
    for (let sent = 0; sent < LIFE && work.left > 0; sent += BURST) {
      work.left -= BURST;
      let seen = 0;
      const done = new Promise((resolve) => {
        socket.removeAllListeners('data');
        socket.on('data', (data) => {
          seen += data.length;
          if (seen >= BURST * ECHO) resolve();
        });
      });
      socket.write(Buffer.concat(Array(BURST).fill(frame)));
      await done;
    }
    socket.destroy();
  }
}

/** @param {number} share of the whole */
async function traffic(share) {
  const [http, web] = [{ left: wanted * share }, { left: messages * share }];
  const clients = Array.from({ length: CONNECTIONS / 2 }, () => [requests(http), sockets(web)]).flat();
  await Promise.all(clients);
}

/** What is kept for the next ones is given back after some seconds without any. */
const quiet = async () => {
  Bun.gc(true);
  await new Promise((resolve) => setTimeout(resolve, 4000));
};

const started = Date.now();
await traffic(0.1);
await quiet();
const [memory, open] = [megabytes(), descriptors()];
await traffic(0.9);
await quiet();
const [memoryAfter, openAfter] = [megabytes(), descriptors()];
await server.stop(true);
console.log(
  `${wanted} requests and ${messages} messages in ${Math.round((Date.now() - started) / 1000)} s: ` +
    `${memory.toFixed(1)} MB after a tenth, ${memoryAfter.toFixed(1)} MB at the end; descriptors ${open}, ${openAfter}`,
);
if (memoryAfter > memory + ALLOWED_GROWTH || openAfter > open + 2) process.exit(1);
