import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import net from 'node:net';

const frame = (opcode: number, data: string | Buffer = '', final = true) => {
  const bytes = Buffer.from(data as string);
  return Buffer.concat([Buffer.from([(final ? 128 : 0) | opcode, bytes.length]), bytes]);
};
const code = (number: number, reason = '') =>
  Buffer.concat([Buffer.from([number >> 8, number & 255]), Buffer.from(reason)]);
const upgraded = (key: string, more = '') => {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`;
};

/** A server by hand: answers the request, then sends frames. */
async function serve(answer: (key: string, head: string) => string, frames: Buffer[] = [], end = false) {
  const server = net.createServer((socket) => {
    let head = '';
    let open = false;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (open) return void ((data[0] & 15) === 8 && socket.end());
      head += data;
      if (!head.includes('\r\n\r\n')) return;
      open = true;
      socket.write(answer(/Sec-WebSocket-Key: (.*)\r\n/i.exec(head)![1], head));
      for (const each of frames) socket.write(each);
      if (end) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

/** What a socket tells until it is closed. */
function events(socket: WebSocket) {
  const log: unknown[] = [];
  return new Promise<unknown[]>((resolve) => {
    socket.addEventListener('open', () => log.push('open'));
    socket.addEventListener('message', ({ data }) =>
      log.push(typeof data === 'string' ? data : [data.constructor.name, String(data)]),
    );
    socket.addEventListener('ping' as any, (event: any) => log.push(['ping', String(event.data)]));
    socket.addEventListener('error', (event: any) => log.push(event.message.replace(/^.*failed: /, '')));
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      log.push([code, reason, wasClean]);
      resolve(log);
    });
  });
}

describe('arguments', () => {
  test.each([
    ['nope', undefined, 'Invalid url for WebSocket nope'],
    ['ftp://x', undefined, 'Wrong url scheme for WebSocket ftp://x/'],
    ['ws://x#a', undefined, 'URL has fragment component ws://x/#a'],
    ['ws://x', 'a b', "Wrong protocol for WebSocket 'a b'"],
    ['ws://x', ['a', 'a'], "WebSocket protocols contain duplicates: 'a'"],
    ['ws://x', { proxy: 'nope' }, 'Invalid proxy URL: nope'],
    ['ws+unix://', undefined, 'Invalid url for WebSocket ws+unix:// (missing unix socket path)'],
  ])('%s %j', (url, options, message) => {
    expect(() => new WebSocket(url, options as any)).toThrow(new SyntaxError(message));
  });

  test('of a socket that is connecting', async () => {
    const socket = new WebSocket('ws://127.0.0.1:1/x') as any;
    const done = events(socket);
    expect([socket.url, socket.readyState, socket.binaryType, socket.protocol, WebSocket.OPEN, String(socket)]).toEqual(
      ['ws://127.0.0.1:1/x', 0, 'nodebuffer', '', 1, '[object WebSocket]'],
    );
    expect(() => socket.send('x')).toThrow('The object is in an invalid state.');
    expect(() => socket.send()).toThrow('Not enough arguments');
    expect(() => socket.close(5)).toThrow(/^The close code must be a valid WebSocket close code/);
    expect(() => socket.close(1000, 'x'.repeat(130))).toThrow(
      'The close reason must not be greater than 123 UTF-8 bytes. Received 130 bytes.',
    );
    socket.binaryType = 'other';
    expect(socket.binaryType).toBe('nodebuffer');
    expect(await done).toEqual(['Failed to connect', [1006, '', false]]);
    expect(socket.readyState).toBe(3);
  });
});

describe('the answer of the server', () => {
  test.each([
    ['HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', 'Expected 101 status code: 404'],
    ['HTTP/1.1 302 F\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', 'Expected 101 status code: 302'],
    ['HTTP/1.1 101 S\r\nConnection: Upgrade\r\n\r\n', 'Missing upgrade header'],
    ['HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n', 'Missing connection header'],
    ['HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', 'Missing websocket accept header'],
    [
      'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AA\r\n\r\n',
      'Mismatch websocket accept header',
    ],
  ])('%j', async (answer, message) => {
    using server = await serve(() => answer, [], true);
    expect(await events(new WebSocket(server.url))).toEqual([message, [1006, '', false]]);
  });

  test('protocols and extensions that were not offered', async () => {
    using protocol = await serve((key) => upgraded(key, 'Sec-WebSocket-Protocol: zz\r\n'));
    expect(await events(new WebSocket(protocol.url))).toEqual(['Mismatch client protocol', [1006, '', false]]);
    using extension = await serve((key) => upgraded(key, 'Sec-WebSocket-Extensions: foo\r\n'));
    expect(await events(new WebSocket(extension.url))).toEqual(['Unsupported websocket extension', [1006, '', false]]);
  });

  test('the request', async () => {
    let head = '';
    using server = await serve(
      (key, text) => {
        head = text;
        return upgraded(key, 'Sec-WebSocket-Protocol: b\r\n');
      },
      [frame(8, code(1000))],
    );
    const socket = new WebSocket(`${server.url}/p?q`, { protocols: ['a', 'b'], headers: { 'X-A': '1' } } as any);
    const log = events(socket);
    expect(await log).toEqual(['open', [1000, '', true]]);
    expect(socket.protocol).toBe('b');
    const lines = head
      .toLowerCase()
      .split('\r\n')
      .filter((line) => !/^(?:host|sec-websocket-key)/.test(line));
    expect(lines).toEqual([
      'get /p?q http/1.1',
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-extensions: permessage-deflate; client_max_window_bits',
      'sec-websocket-protocol: a, b',
      'x-a: 1',
      '',
      '',
    ]);
  });
});

describe('frames', () => {
  test.each([
    ['text and a close', [frame(1, 'hi'), frame(8, code(1000, 'bye'))], ['hi', [1000, 'bye', true]]],
    [
      'binary',
      [frame(2, 'bin'), frame(8)],
      [
        ['Buffer', 'bin'],
        [1005, '', true],
      ],
    ],
    [
      'ping',
      [frame(9, 'pp'), frame(8, code(1001))],
      [
        ['ping', 'pp'],
        [1001, '', true],
      ],
    ],
    [
      'fragments',
      [frame(1, 'a', false), frame(9, 'x'), frame(0, 'b'), frame(8)],
      [['ping', 'x'], 'ab', [1005, '', true]],
    ],
    ['an opcode that is none', [frame(3, 'x')], ['Protocol error - unsupported control frame: 3', [1006, '', false]]],
    ['no UTF-8', [frame(1, Buffer.from([255]))], ['Server sent invalid UTF8', [1006, '', false]]],
    [
      'masked',
      [Buffer.from([0x81, 0x81, 0, 0, 0, 0, 65])],
      ['Protocol error - unexpected mask from server', [1006, '', false]],
    ],
    [
      'reserved bits',
      [Buffer.from([0xf1, 1, 65])],
      ['Protocol error - RSV2 and RSV3 must be clear', [1006, '', false]],
    ],
    [
      'a bad close code',
      [frame(8, Buffer.from([0, 1]))],
      ['Protocol error - invalid close code: 1', [1006, '', false]],
    ],
    ['a continuation of nothing', [frame(0, 'x')], ['Protocol error - unexpected opcode: 0', [1006, '', false]]],
  ])('%s', async (_, frames, expected) => {
    using server = await serve((key) => upgraded(key), frames as Buffer[]);
    expect(await events(new WebSocket(server.url))).toEqual(['open', ...expected]);
  });

  test('the connection ends without a close frame', async () => {
    using server = await serve((key) => upgraded(key), [], true);
    expect(await events(new WebSocket(server.url))).toEqual(['open', [1006, '', false]]);
  });
});

describe('with Bun.serve', () => {
  const echo = (perMessageDeflate: boolean) =>
    Bun.serve({
      port: 0,
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('no', { status: 400 })),
      websocket: {
        perMessageDeflate,
        message: (socket, message) => void socket.send(message, perMessageDeflate),
        ping() {},
      },
    });

  test.each([false, true])('text, bytes and a blob, compressed: %p', async (compressed) => {
    using server = echo(compressed);
    const socket = new WebSocket(server.url.href.replace('http', 'ws'));
    socket.binaryType = 'arraybuffer';
    const got: any[] = [];
    const long = 'long '.repeat(20_000);
    const done = new Promise<void>((resolve, reject) => {
      socket.onerror = reject;
      socket.onmessage = ({ data }) => {
        got.push(typeof data === 'string' ? data : data.byteLength);
        if (got.length === 5) socket.close(1000, 'enough');
      };
      socket.onclose = () => resolve();
    });
    socket.onopen = () => {
      socket.send('a');
      socket.send(long);
      socket.send(new Uint8Array(70_000));
      socket.send(new Uint16Array([1, 2]).subarray(1));
      socket.send('last');
    };
    await done;
    expect(got).toEqual(['a', long, 70_000, 2, 'last']);
    expect(socket.extensions.includes('permessage-deflate')).toBe(compressed);
  });

  test.each([
    [[], [1005, '']],
    [
      [undefined, 'why'],
      [1000, 'why'],
    ],
    [[1000], [1000, '']],
    [
      [4000, 'bye'],
      [4000, 'bye'],
    ],
  ])('close(...%j)', async (given: any[], told: any[]) => {
    const heard = Promise.withResolvers<any[]>();
    using server = Bun.serve({
      port: 0,
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('no', { status: 400 })),
      websocket: { message() {}, close: (_, code, reason) => heard.resolve([code, reason]) },
    });
    const socket = new WebSocket(server.url.href.replace('http', 'ws'));
    const log = events(socket);
    socket.addEventListener('open', () => socket.close(...given));
    expect((await log).at(-1)).toEqual([...told, true]);
    expect(await heard.promise).toEqual(told);
  });

  test('terminate', async () => {
    using server = echo(false);
    const socket = new WebSocket(server.url.href.replace('http', 'ws')) as any;
    const log = events(socket);
    socket.addEventListener('open', () => socket.terminate());
    expect((await log).at(-1)).toEqual([1006, '', false]);
  });
});
