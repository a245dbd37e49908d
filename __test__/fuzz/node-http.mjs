// Handlers that do things by chance, on servers of `node:http` and of `dx-compat/node/http`: both have to give the same
// bytes, events and states. By hand: `node __test__/fuzz/node-http.mjs [seed] [rounds]`.
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { finished } from 'node:stream';

const ours = createRequire(import.meta.url)('../../lib/node/http.js');
const [seed = Date.now() % 1e6, rounds = 500] = process.argv.slice(2).map(Number);
const REQUESTS = 4;
const QUIET = 3;
const AGAIN = 5;

/** Numbers below another one, the same for the same seed. @param {number} state */
function chance(state) {
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const texts = ['', 'a', 'some text', 'žluť', 'x'.repeat(20_000)];
const events = ['end', 'close', 'data', 'readable', 'error', 'aborted', 'finish', 'prefinish', 'drain', 'timeout'];
/** @type {((request: any, response: any, at: (below: number) => number, note: (text: string) => void, name: string) => unknown)[]} */
const actions = [
  (_, response, at) => response.end(texts[at(5)]),
  (_, response, at) => response.end(Buffer.from(texts[at(5)])),
  (_, response, at, note, name) => response.end(texts[at(5)], () => note(`${name} ended`)),
  (_, response) => response.end(),
  (_, response, at) => response.end(texts[at(4)], ['utf8', 'latin1', 'ascii'][at(3)]),
  (_, response, at) => response.write(texts[1 + at(4)]),
  (_, response, at) => response.write(Buffer.from(texts[1 + at(4)])),
  (_, response, at) => response.writeHead(200 + at(5), { 'X-One': texts[at(3)] }),
  (_, response, at) => response.setHeader('X-Two', texts[at(3)]),
  (_, response, at) => (response.statusCode = [200, 204, 304, 404][at(4)]),
  (_, response) => response.flushHeaders(),
  (_, response) => response.cork(),
  (_, response) => response.uncork(),
  (_, response) => response.destroy(),
  (_, response, at) => (response.shouldKeepAlive = at(2) === 0),
  (request) => request.resume(),
  (request) => request.pause(),
  (request, _response, _at, note, name) => note(`${name} read ${request.read()?.length}`),
  (request) => request.destroy(),
  (request) => request.socket.destroy(),
  (request) => request.socket.end(),
  (request, _, at) => request.socket.setTimeout([0, 5000, 6000, 60_000][at(4)]),
  (request, _, at, note, name) => request.on(events[at(6)], () => note(`${name} request event`)),
  (_, response, at, note, name) => response.on(events[at(10)], () => note(`${name} response event`)),
  (request, _, _at, note, name) => request.socket.once('close', () => note(`${name} socket close`)),
  (request, _, _at, note, name) => finished(request, (error) => note(`${name} request finished ${error?.code}`)),
  (_, response, _at, note, name) => finished(response, (error) => note(`${name} response finished ${error?.code}`)),
  (request, response) => request.pipe(response),
  (request, _, _at, note, name) => note(`${name} ${request.complete} ${request.readableFlowing} ${request.destroyed}`),
  (_, response, _at, note, name) =>
    note(`${name} ${response.headersSent} ${response.finished} ${response.writableLength}`),
  (request, _, _at, note, name) => note(`${name} ${request.socket?.timeout} ${request.socket?.bytesWritten}`),
];
/** What ends most of what goes on, so that it does not come too often. */
const RARE = new Set([13, 18, 19, 20]);

/** @type {((step: () => void) => void)[]} */
const delays = [
  (step) => step(),
  (step) => step(),
  (step) => process.nextTick(step),
  (step) => void Promise.resolve().then(step),
  (step) => setImmediate(step),
];

/** @param {any} object @param {string} names */
const say = (object, names) =>
  names
    .split(' ')
    .map((name) => `${name} ${object[name]}`)
    .join(', ');

/** @param {any} module @param {number} number */
async function story(module, number) {
  /** @type {string[]} */
  const notes = [];
  const note = (/** @type {string} */ text) => notes.push(text);
  /** @type {any[]} */
  const exchanges = [];
  let count = 0;
  const server = module.createServer((/** @type {any} */ request, /** @type {any} */ response) => {
    const name = `${++count}`;
    const at = chance(number * 31 + count);
    for (const emitter of [request, response]) at(3) === 0 && emitter.on('error', () => note(`${name} error`));
    exchanges.push([request, response, request.socket]);
    const step = (/** @type {number} */ left) => {
      if (left === 0) return;
      let which = at(actions.length);
      if (RARE.has(which) && at(6) > 0) which = 0;
      try {
        actions[which](request, response, at, note, name);
      } catch (/** @type {any} */ error) {
        note(`${name} throws ${error.code ?? error.message}`);
      }
      delays[at(delays.length)](() => step(left - 1));
    };
    step(1 + at(6));
  });
  server.on('clientError', (/** @type {any} */ error, /** @type {any} */ socket) => {
    note(`client ${error.code}`);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  let text = '';
  client.setEncoding('latin1').on('data', (chunk) => (text += chunk));
  client.on('error', () => {});
  const at = chance(number);
  const head = (/** @type {string} */ method, /** @type {string} */ more) =>
    `${method} /${at(10)} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
  const kinds = [
    () => head('GET', ''),
    () => head('GET', ''),
    () => head('GET', ''),
    () => head('HEAD', ''),
    () => `${head('POST', 'Content-Length: 4\r\n')}body`,
    () => `${head('POST', 'Transfer-Encoding: chunked\r\n')}4\r\nbody\r\n0\r\n\r\n`,
    () => head('POST', 'Content-Length: 9\r\n') + 'half',
    () => head('GET', '') + head('GET', ''),
    () => head('GET', '') + head('HEAD', '') + head('GET', ''),
    () => head('GET', 'Connection: close\r\n'),
  ];
  const settled = async () => {
    for (let turn = 0; turn < QUIET; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await settled();
  for (let request = 0; request < REQUESTS; request++) {
    if (client.destroyed) break;
    client.write(kinds[at(kinds.length)]());
    await settled();
  }
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await settled();
  const states = exchanges.map(([request, response, socket]) => [
    say(request, 'readable readableEnded readableFlowing readableDidRead destroyed closed complete aborted'),
    say(response, 'writableEnded writableFinished writableLength finished destroyed closed headersSent statusCode'),
    say(socket, 'destroyed timeout bytesRead bytesWritten _httpMessage').replaceAll('[object Object]', 'some'),
  ]);
  return [notes, text.replace(/Date: [^\r]*/g, 'Date'), states];
}

process.on('uncaughtException', () => {});
let different = 0;
for (let round = 0; round < rounds; round++) {
  const number = seed + round;
  // What is on its way when a socket ends is a matter of time: alike if they ever are.
  const seen = { theirs: new Set(), mine: new Set() };
  let alike = false;
  for (let again = 0; again < AGAIN && !alike; again++) {
    seen.theirs.add(JSON.stringify(await story(http, number)));
    seen.mine.add(JSON.stringify(await story(ours, number)));
    alike = [...seen.mine].some((each) => seen.theirs.has(each));
  }
  if (alike) continue;
  different += 1;
  console.log(`seed ${number}:`);
  const [theirs, mine] = [...seen.theirs, ...seen.mine].filter((_, at) => at === 0 || at === seen.theirs.size);
  for (const [index, part] of JSON.parse(mine).entries()) {
    const [a, b] = [JSON.stringify(JSON.parse(theirs)[index]), JSON.stringify(part)];
    if (a !== b) console.log(`  Node: ${a}\n  ours: ${b}`);
  }
}
console.log(`seed ${seed}, ${rounds} rounds: ${different} differ`);
process.exitCode = different > 0 ? 1 : 0;
