// Broken requests and broken frames from a seed, against a server in this process: it has to answer or close, know of no
// request that was not sent whole, and work afterwards.
//   node bin/dx-compat.js __test__/fuzz/serve.mjs [seed] [rounds]
import net from 'node:net';
import { generator } from './random.mjs';

const [seed = 1, rounds = 2000] = process.argv.slice(2).map(Number);
const { below, pick } = generator(seed);

const heads = [
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
  'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: v\r\n\r\n',
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 150000\r\n\r\n${'x'.repeat(150_000)}`,
  'GET http://x/y?z HTTP/1.0\r\nCookie: a=b\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n\r\n',
];
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';
const pieces = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  'chunked',
  'Content-Length: 1\r\n',
  '0\r\n\r\n',
  '\x7f',
  '\xff',
  '"<>',
  'a'.repeat(9000),
];
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

/** Changes some bytes of a text. @param {string} text */
function broken(text) {
  for (let count = below(4); count > 0; count--) {
    const at = below(text.length + 1);
    const what = below(3);
    if (what === 0) text = text.slice(0, at) + pick(pieces) + text.slice(at);
    else if (what === 1) text = text.slice(0, at) + text.slice(at + 1 + below(5));
    else text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
  }
  return text;
}

/** A frame with random bits. */
function frame() {
  const length = below(140);
  const payload = Array.from({ length }, () => String.fromCharCode(below(256))).join('');
  const size =
    length < 126 ? String.fromCharCode(128 | length) : `\xfe${String.fromCharCode(length >> 8, length & 255)}`;
  const first = pick([0x81, 0x82, 0x01, 0x80, 0xc1, 0xc2, 0x88, 0x89, 0x8a, below(256)]);
  return `${String.fromCharCode(first)}${size}\0\0\0\0${payload}`;
}

function input() {
  const kind = below(4);
  if (kind === 0) return upgrade + Array.from({ length: 1 + below(6) }, frame).join('');
  if (kind === 1) return preface + broken(Array.from({ length: 60 }, () => String.fromCharCode(below(256))).join(''));
  return Array.from({ length: 1 + below(4) }, () => broken(pick(heads))).join('');
}

let requests = 0;
const server = Bun.serve({
  port: 0,
  development: false,
  http2: true,
  routes: { '/static': new Response('static') },
  async fetch(request, it) {
    if (request.url.endsWith('/ws') && it.upgrade(request)) return;
    requests++;
    await request.text().catch(() => {});
    return new Response(request.url);
  },
  error: () => new Response('failed', { status: 500 }),
  websocket: { perMessageDeflate: true, message: (ws, message) => void ws.send(message, true) },
});

/** @param {string} text @returns {Promise<void>} when the server has closed, or after a moment */
function send(text) {
  return new Promise((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
    for (let at = 0; at < text.length;) {
      const size = 1 + below(text.length);
      socket.write(text.slice(at, at + size), 'latin1');
      at += size;
    }
    setTimeout(() => socket.destroy(), 10 + below(20));
  });
}

for (let round = 0; round < rounds; round += 20) {
  await Promise.all(Array.from({ length: 20 }, () => send(input())));
  if ((await (await fetch(`${server.url}static`)).text()) !== 'static') throw new Error(`round ${round}: no answer`);
}
await new Promise((resolve) => setTimeout(resolve, 200));
if (server.pendingRequests !== 0) throw new Error(`${server.pendingRequests} requests are left`);
await server.stop(true);
console.log(`seed ${seed}: ${rounds} inputs, ${requests} requests reached the handler, none is left`);
