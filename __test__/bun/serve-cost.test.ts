import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

/**
 * What a request costs, so that it does not grow unnoticed: reads and writes of the socket, waits for events, batches
 * to JavaScript. docs/http.md names the same numbers. Real Bun has no such counts.
 */

type Cost = Record<'turns' | 'requests' | 'batches' | 'reads' | 'writes' | 'files' | 'watches' | 'loops', number>;

describe.skipIf(!isDxCompat)('what a request costs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'serve-cost-'));
  let child: ReturnType<typeof spawn>;
  let port = 0;
  let second = 0;

  beforeAll(async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, 'x'.repeat(200_000));
    const script = path.join(import.meta.dirname, 'fixtures/counting-server.js');
    child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [first] = await once(child.stdout!, 'data');
    [port, second] = String(first).split(' ').map(Number);
  });
  afterAll(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });

  /** A keep-alive connection that asks and waits until an answer's end is there. */
  async function connect() {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    let text = '';
    let done = () => {};
    let answers = 0;
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        if (end === -1) return;
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1]);
        if (text.length < end + 4 + length) return;
        last = text.slice(end + 4, end + 4 + length);
        text = text.slice(end + 4 + length);
        if (--answers === 0) done();
      }
    });
    let last = '';
    const ask = (request: string, count = 1) =>
      new Promise<string>((resolve) => {
        answers = count;
        done = () => resolve(last);
        socket.write(request);
      });
    return { ask, close: () => socket.destroy() };
  }
  const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;

  /** The cost of one request of many, one after the other on one connection. */
  async function costOf(request: string, pipelined = 1): Promise<Cost> {
    const times = 40;
    const asker = await connect();
    const watcher = await connect();
    await asker.ask(request.repeat(pipelined), pipelined); // all is loaded
    const before = JSON.parse(await watcher.ask(get('/cost')));
    for (let time = 0; time < times; time++) await asker.ask(request.repeat(pipelined), pipelined);
    const after = JSON.parse(await watcher.ask(get('/cost')));
    asker.close();
    watcher.close();
    // The second question about the cost is among the counts.
    const own: any = { turns: 1, requests: 1, batches: 1, reads: 1, writes: 1, loops: 1 };
    const cost: any = {};
    for (const name of Object.keys(after)) cost[name] = (after[name] - before[name] - (own[name] ?? 0)) / times;
    return cost;
  }

  const one = { requests: 1, reads: 1, writes: 1, files: 0, watches: 0 };
  const cases: [string, string, Partial<Cost>][] = [
    ['a handler', get('/hello'), { ...one, batches: 1 }],
    ['a route with a parameter', get('/items/7'), { ...one, batches: 1 }],
    ['a static route', get('/static'), { ...one, batches: 0 }],
    [
      'an upload',
      `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 512\r\n\r\n${'x'.repeat(512)}`,
      { ...one, batches: 1 },
    ],
    ['64 KB of text', get('/large'), { ...one, batches: 1 }],
    ['a generator that ends at once', get('/stream'), { ...one, batches: 1 }],
    ['a handler that waits', get('/later'), { ...one, batches: 1 }],
  ];
  for (const [name, request, expected] of cases) {
    test(name, async () => {
      const cost = await costOf(request);
      expect(cost).toMatchObject(expected);
      // One wait a request; the process's own timers and the timer of `later` turn the loop, too.
      if (cost.loops >= 0) expect(cost.loops).toBeLessThan(name === 'a handler that waits' ? 3.5 : 1.5);
    });
  }

  test('1 MB up as text, and down again', async () => {
    const size = 1024 * 1024;
    const cost = await costOf(`POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`);
    // How much a read brings is the sender's and the system's.
    expect(cost).toMatchObject({ requests: 1, batches: 2, files: 0 });
  });

  test('requests that came together share reads, writes and waits', async () => {
    const cost = await costOf(get('/hello'), 16);
    // hyper reads the next head when the answer before it is written.
    expect(cost).toMatchObject({ requests: 16, reads: 1, writes: 1, batches: 16, watches: 0 });
    if (cost.loops >= 0) expect(cost.loops).toBeLessThan(1.5);
  });

  test('a large file passes through no memory of ours', async () => {
    const cost = await costOf(get('/file'));
    expect(cost).toMatchObject({ requests: 1, reads: 1, batches: 0 });
    if (process.platform === 'linux') expect(cost.files).toBeGreaterThanOrEqual(1);
    expect(cost.writes).toBeLessThan(4);
  });

  /** A WebSocket that sends so many masked texts in one packet and waits for as many answers. */
  async function connectSocket() {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n\r\n',
    );
    let head = '';
    while (!head.endsWith('\r\n\r\n')) head += (await once(socket, 'data'))[0];
    const text = Buffer.from('sixteen bytes ok');
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]);
    const ask = async (count: number) => {
      socket.write(Buffer.concat(Array.from({ length: count }, () => frame)));
      for (let left = count * (2 + text.length); left > 0;) left -= (await once(socket, 'data'))[0].length;
    };
    return { ask, close: () => socket.destroy() };
  }

  test.each([1, 16])('messages of a WebSocket, %d at a time', async (together) => {
    const times = 40;
    const socket = await connectSocket();
    const watcher = await connect();
    await socket.ask(together);
    const before = JSON.parse(await watcher.ask(get('/cost')));
    for (let time = 0; time < times; time++) await socket.ask(together);
    const after = JSON.parse(await watcher.ask(get('/cost')));
    socket.close();
    watcher.close();
    for (const name of ['reads', 'writes', 'batches']) {
      // the second question about the cost is among the counts
      expect([name, (after[name] - before[name] - 1) / times]).toEqual([name, 1]);
    }
    expect(after.watches - before.watches).toBe(0);
  });

  /** A connection of HTTP/2 that asks on so many streams in one packet and waits for as many answers. */
  async function connectSecond(target: string) {
    const frame = (type: number, flags: number, stream: number, payload = '') => {
      const head = Buffer.alloc(9);
      head.writeUIntBE(payload.length, 0, 3);
      head.writeUInt16BE((type << 8) | flags, 3);
      head.writeUInt32BE(stream, 5);
      return head.toString('latin1') + payload;
    };
    const socket = net.connect(second, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    let bytes = Buffer.alloc(0);
    let ended = 0;
    let done = () => {};
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let length = 0; bytes.length >= 9; bytes = bytes.subarray(length)) {
        length = 9 + bytes.readUIntBE(0, 3);
        if (bytes.length < length) return;
        // the end of a stream, in DATA or HEADERS
        if (bytes[3] <= 1 && bytes[4] & 1) ended++;
      }
      done();
    });
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0) + frame(4, 1, 0));
    // `GET http`, then path and authority as literals
    const head = `\x82\x86\x04${String.fromCharCode(target.length)}${target}\x01\x01x`;
    let stream = -1;
    const ask = async (count: number) => {
      const until = ended + count;
      const requests = Array.from({ length: count }, () => frame(1, 5, (stream += 2), head)).join('');
      socket.write(requests, 'latin1');
      while (ended < until) await new Promise<void>((resolve) => (done = resolve));
    };
    return { ask, close: () => socket.destroy() };
  }

  test.each([
    [1, '/hello', 1],
    [16, '/hello', 1],
    [16, '/static', 0],
  ])('requests over HTTP/2, %d at a time, of %s', async (together, target, batches) => {
    const times = 40;
    const socket = await connectSecond(target);
    const watcher = await connect();
    await socket.ask(together);
    await socket.ask(together);
    const before = JSON.parse(await watcher.ask(get('/cost')));
    for (let time = 0; time < times; time++) await socket.ask(together);
    const after = JSON.parse(await watcher.ask(get('/cost')));
    socket.close();
    watcher.close();
    const cost = (name: string) => (after[name] - before[name] - 1) / times;
    expect([cost('reads'), cost('writes'), cost('requests'), cost('batches')]).toEqual([1, 1, together, batches]);
    expect(after.watches - before.watches).toBe(0);
  });
});
