// HTTP/3 over a bad network: a relay of this process loses, repeats, reorders and damages datagrams by a seed. Every body
// has to arrive whole, both ways, and the server works afterwards.
//   node bin/dx-compat.js __test__/fuzz/http3.mjs [seed] [requests]
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generator } from './random.mjs';

const [seed = 1, requests = 200] = process.argv.slice(2).map(Number);
const { below } = generator(seed);
const fixture = (/** @type {string} */ name) =>
  readFileSync(path.join(import.meta.dirname, '../bun/fixtures/tls', name), 'utf8');

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  development: false,
  tls: { key: fixture('localhost.key'), cert: fixture('localhost.pem') },
  http3: true,
  http1: false,
  idleTimeout: 30,
  async fetch(request) {
    const bytes = await request.bytes();
    return new Response(new URL(request.url).pathname === '/stream' ? new Blob([bytes]).stream() : bytes);
  },
});

/** The relay's socket towards the server, by the client's port. @type {Map<number, import('node:dgram').Socket>} */
const towards = new Map();
const counts = { passed: 0, lost: 0, repeated: 0, delayed: 0, damaged: 0 };

/** @param {Buffer} datagram @param {(datagram: Buffer) => void} send */
function relay(datagram, send) {
  const luck = below(100);
  if (luck < 5) return void counts.lost++;
  if (luck < 8) {
    counts.damaged++;
    datagram = Buffer.from(datagram);
    datagram[below(datagram.length)] ^= 1 << below(8);
  } else if (luck < 11) {
    counts.repeated++;
    send(datagram);
  } else if (luck < 16) {
    counts.delayed++;
    return void setTimeout(() => send(datagram), below(20));
  } else counts.passed++;
  send(datagram);
}

const front = createSocket('udp4');
front.on('message', (datagram, { port }) => {
  let back = towards.get(port);
  if (back === undefined) {
    const made = createSocket('udp4');
    made.on('message', (answer) => relay(answer, (bytes) => front.send(bytes, port, '127.0.0.1')));
    towards.set(port, (back = made));
  }
  const socket = back;
  relay(datagram, (bytes) => socket.send(bytes, server.port, '127.0.0.1'));
});
await new Promise((resolve) => front.bind(0, '127.0.0.1', () => resolve(undefined)));

/** @param {number} size @param {number} salt */
function pattern(size, salt) {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 31 + salt) & 0xff;
  return bytes;
}

async function ask(/** @type {number} */ index) {
  const bytes = pattern(below(3) === 0 ? below(300_000) : below(3000), index);
  const url = `https://127.0.0.1:${front.address().port}/${below(2) ? 'stream' : ''}`;
  const body = below(2) ? bytes : new Blob([bytes]).stream();
  const options = /** @type {any} */ ({ method: 'POST', body, protocol: 'http3', tls: { rejectUnauthorized: false } });
  const answer = new Uint8Array(await (await fetch(url, options)).arrayBuffer());
  if (!Buffer.from(answer).equals(bytes))
    throw new Error(`request ${index}: ${answer.length} of ${bytes.length} bytes`);
}

for (let index = 0; index < requests; index += 10)
  await Promise.all(Array.from({ length: 10 }, (_, offset) => ask(index + offset)));
if (server.pendingRequests !== 0) throw new Error(`${server.pendingRequests} requests are left`);
void server.stop(true);
for (const socket of [front, ...towards.values()]) socket.close();
console.log(`seed ${seed}: ${requests} requests whole;`, counts);
process.exit();
