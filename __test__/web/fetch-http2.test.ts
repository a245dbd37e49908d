/** `fetch` with `protocol: "http2"`, against Node's `http2` and against servers that speak in frames of their own. */
import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import path from 'node:path';
import net from 'node:net';
import nodeTls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { isDxCompat } from '../runtime';

const read = (name: string) => readFileSync(path.join(import.meta.dir, '../bun/fixtures/tls', name), 'utf8');
const identity = { key: read('localhost.key'), cert: read('localhost.pem') };
const tls = { ca: read('ca.pem') };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const get = (url: string, init: any = {}) => fetch(url, { protocol: 'http2', tls, ...init } as any);
const codeOf = (promise: Promise<any>) =>
  promise.then(
    () => 'no error',
    (error) => error.code,
  );

async function listening(server: any): Promise<string> {
  const sockets = new Set<any>();
  server.on('connection', (socket: any) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `https://localhost:${server.address().port}`;
}

/** A server of Node's; gives its URL and how many sessions it had. */
async function serve(onStream: (stream: any, headers: any) => void, options: any = {}) {
  const server = http2.createSecureServer({ ...identity, ...options });
  const seen = { sessions: 0 };
  server.on('session', () => seen.sessions++);
  server.on('stream', onStream as any);
  return { url: await listening(server), seen };
}

test('method, path, headers and body, both ways', async () => {
  const { url } = await serve((stream, headers) => {
    let body = '';
    stream.on('data', (data: Buffer) => (body += data));
    stream.on('end', () => {
      const { ':method': method, ':path': path, ':authority': authority, ':scheme': scheme, foo, accept } = headers;
      stream.respond({ ':status': 201, 'content-type': 'application/json', 'set-cookie': ['a=b', 'c=d'], x: 'y' });
      const told = { method, path, authority, scheme, foo, accept, agent: headers['user-agent'], body };
      stream.end(JSON.stringify({ ...told, connection: headers.connection, host: headers.host }));
    });
  });
  const headers = { Foo: 'bar', Connection: 'keep-alive', 'Keep-Alive': '5', 'Proxy-Connection': 'x' };
  const response = await get(`${url}/a/b?c=d#e`, { method: 'POST', body: 'some text', headers });
  expect(response.status).toBe(201);
  expect(response.statusText).toBe('');
  expect(response.headers.getSetCookie()).toEqual(['a=b', 'c=d']);
  expect(response.headers.get('x')).toBe('y');
  expect(await response.json()).toEqual({
    method: 'POST',
    path: '/a/b?c=d',
    authority: url.slice('https://'.length),
    scheme: 'https',
    foo: 'bar',
    accept: '*/*',
    agent: `Bun/${Bun.version}`,
    body: 'some text',
  });
  for (const protocol of ['h2', 'http2']) expect((await get(url, { protocol })).status).toBe(201);
});

test('large bodies both ways, a stream as a body, codings', async () => {
  const { url } = await serve((stream, headers) => {
    if (headers[':path'] === '/gzip') {
      stream.respond({ ':status': 200, 'content-encoding': 'gzip' });
      return stream.end(gzipSync('compressed'));
    }
    stream.respond({ ':status': 200 });
    stream.pipe(stream);
  });
  const large = Buffer.alloc(3_000_000, 'abcdefghij');
  expect(Buffer.compare(Buffer.from(await (await get(url, { method: 'PUT', body: large })).bytes()), large)).toBe(0);
  let count = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (count++ < 100) controller.enqueue(new Uint8Array(20_000).fill(count));
      else controller.close();
    },
  });
  const back = await (await get(url, { method: 'POST', body, duplex: 'half' })).bytes();
  expect(back.length).toBe(2_000_000);
  expect([back[0], back[1_999_999]]).toEqual([1, 100]);
  expect(await (await get(`${url}/gzip`)).text()).toBe('compressed');
});

test('requests share one session, at once and in turn', async () => {
  const { url, seen } = await serve((stream, headers) => {
    stream.respond({ ':status': 200 });
    stream.end(headers[':path']);
  });
  const paths = Array.from({ length: 40 }, (_, at) => `/${at}`);
  const texts = await Promise.all(paths.map(async (path) => (await get(url + path)).text()));
  expect(texts).toEqual(paths);
  for (const path of paths.slice(0, 4)) expect(await (await get(url + path)).text()).toBe(path);
  expect(seen.sessions).toBe(1);
});

test('an aborted request resets its stream alone', async () => {
  const { promise: reset, resolve } = Promise.withResolvers<number>();
  const { url, seen } = await serve((stream, headers) => {
    if (headers[':path'] === '/slow') return stream.on('close', () => resolve(stream.rstCode)).on('error', () => {});
    stream.respond({ ':status': 200 });
    stream.end('answer');
  });
  await (await get(url)).text();
  const controller = new AbortController();
  const slow = get(`${url}/slow`, { signal: controller.signal }).catch((error) => error.name);
  expect(await (await get(url)).text()).toBe('answer');
  controller.abort();
  expect(await slow).toBe('AbortError');
  expect(await reset).toBe(http2.constants.NGHTTP2_CANCEL);
  expect(await (await get(url)).text()).toBe('answer');
  expect(seen.sessions).toBe(1);
});

// Bun opens more connections than one.
test.skipIf(!isDxCompat)('a connection that is not open yet goes with the last request that waits for it', async () => {
  let connections = 0;
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<string>();
  const silent = net.createServer((socket) => {
    connections++;
    socket.on('error', () => {});
    socket.on('close', () => close('closed'));
    socket.once('data', () => ask());
  });
  const url = await listening(silent);
  const controllers = [new AbortController(), new AbortController()];
  const results = controllers.map(({ signal }) => get(url, { signal }).catch((error) => error.name));
  await asked;
  controllers[0].abort();
  expect(await results[0]).toBe('AbortError');
  const later = new AbortController();
  const third = get(url, { signal: later.signal }).catch((error) => error.name);
  controllers[1].abort();
  expect(await results[1]).toBe('AbortError');
  later.abort();
  expect([await third, await closed, connections]).toEqual(['AbortError', 'closed', 1]);
  const again = new AbortController();
  silent.once('connection', () => again.abort());
  expect(await get(url, { signal: again.signal }).catch((error) => error.name)).toBe('AbortError');
  expect(connections).toBe(2);
});

test('HEAD, redirections, trailers, no body', async () => {
  const { url } = await serve((stream, headers) => {
    const { ':path': path } = headers;
    if (path === '/from') {
      stream.respond({ ':status': 302, location: '/to' }, { endStream: true });
    } else if (path === '/none') {
      stream.respond({ ':status': 204 }, { endStream: true });
    } else if (headers[':method'] === 'HEAD') {
      stream.respond({ ':status': 200, 'content-length': 2 }, { endStream: true });
    } else {
      stream.respond({ ':status': 200, 'content-length': 2 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ t: 'u' }));
      stream.end('to');
    }
  });
  const moved = await get(`${url}/from`);
  expect([moved.url, moved.redirected, await moved.text()]).toEqual([`${url}/to`, true, 'to']);
  const head = await get(`${url}/to`, { method: 'HEAD' });
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['2', '']);
  expect((await get(`${url}/none`)).status).toBe(204);
});

test('a redirection of no length, with and without a body of its request', async () => {
  const { url, seen } = await serve((stream, headers) => {
    const moved = headers[':path'] === '/from';
    stream.respond(moved ? { ':status': 307, location: '/to', 'content-length': 0 } : { ':status': 200 });
    stream.end(moved ? '' : headers[':method']);
  });
  expect(await (await get(`${url}/from`)).text()).toBe('GET');
  expect(await (await get(`${url}/from`, { method: 'PUT', body: 'x' })).text()).toBe('PUT');
  expect(seen.sessions).toBe(1);
});

test('a header whose name objects have too', async () => {
  const { url } = await serve((stream, headers) => {
    stream.respond({ ':status': 200, 'content-encoding': 'constructor' });
    stream.end(String(headers.constructor));
  });
  expect(await (await get(url, { headers: { constructor: 'x' } })).text()).toBe('x');
});

test('what cannot be HTTP/2 fails', async () => {
  const first = await listening(https.createServer(identity, (_, response) => response.end('first')));
  expect(await codeOf(get(first))).toBe('HTTP2Unsupported');
  expect(await codeOf(get('http://127.0.0.1:1/'))).toBe('HTTP2Unsupported');
  expect(await (await get(first, { protocol: 'http1.1' })).text()).toBe('first');
});

const frame = (type: number, flags: number, stream: number, payload: Buffer | string = '') => {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head.writeUIntBE(type * 256 + flags, 3, 2);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
};
const int = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
  return bytes;
};
const [DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE] = [0, 1, 3, 4, 7, 8];
const OK = Buffer.from([0x88]);
const field = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0x10, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
const answer = (stream: number, text: string) =>
  Buffer.concat([frame(HEADERS, 4, stream, OK), frame(DATA, 1, stream, text)]);

/** A server that says what it likes to each HEADERS; gives its URL and what happened. */
async function speak(onHeaders: (socket: any, stream: number, count: number, connection: number) => void) {
  const seen = { connections: 0, requests: 0, data: 0 };
  const server = nodeTls.createServer({ ...identity, ALPNProtocols: ['h2'] }, (socket) => {
    const connection = ++seen.connections;
    let bytes = Buffer.alloc(0);
    let begun = false;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      if (!begun) {
        if (bytes.length < 24) return;
        bytes = bytes.subarray(24);
        begun = true;
        socket.write(frame(SETTINGS, 0, 0));
      }
      while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const length = bytes.readUIntBE(0, 3);
        const [type, flags, stream] = [bytes[3], bytes[4], bytes.readUInt32BE(5)];
        bytes = bytes.subarray(9 + length);
        if (type === SETTINGS && !(flags & 1)) socket.write(frame(SETTINGS, 1, 0));
        if (type === DATA) seen.data += length;
        if (type === HEADERS) onHeaders(socket, stream, ++seen.requests, connection);
      }
    });
  });
  return { url: await listening(server), seen };
}

describe('a server that speaks in frames', () => {
  test('a refused request is sent again', async () => {
    const { url, seen } = await speak((socket, stream, count) =>
      socket.write(count < 3 ? frame(RST_STREAM, 0, stream, int(7)) : answer(stream, 'third')),
    );
    expect(await (await get(url, { method: 'POST', body: 'x' })).text()).toBe('third');
    expect(seen).toMatchObject({ connections: 1, requests: 3 });
  });

  test('but not for ever, and not with a stream', async () => {
    const { url, seen } = await speak((socket, stream) => socket.write(frame(RST_STREAM, 0, stream, int(7))));
    expect(String(await codeOf(get(url)))).toContain('Refused');
    expect(seen.requests).toBe(6);
    const body = new ReadableStream({ start: (c) => (c.enqueue('x'), c.close()) });
    expect(await codeOf(get(url, { method: 'POST', body, duplex: 'half' }))).not.toBe('no error');
    expect(seen.requests).toBe(7);
  });

  test('a connection that goes away without having looked at it', async () => {
    const { url, seen } = await speak((socket, stream, _, connection) => {
      if (connection === 1) socket.end(frame(GOAWAY, 0, 0, int(0, 0)));
      else socket.write(answer(stream, 'second'));
    });
    expect(await (await get(url)).text()).toBe('second');
    expect(seen.connections).toBe(2);
  });

  test('the next request after a broken connection, at once, gets a new one', async () => {
    const { url, seen } = await speak((socket, stream, _, connection) =>
      socket.write(connection === 1 ? frame(WINDOW_UPDATE, 0, 0, int(0)) : answer(stream, 'second')),
    );
    expect(await codeOf(get(url))).toBe('HTTP2ProtocolError');
    expect(await (await get(url)).text()).toBe('second');
    expect(seen.connections).toBe(2);
  });

  test('many requests at once when a connection goes away', async () => {
    const { url, seen } = await speak((socket, stream, _, connection) => {
      if (connection === 1) socket.write(frame(GOAWAY, 0, 0, int(0, 0)));
      else socket.write(answer(stream, 'second'));
    });
    const several = Array.from({ length: 5 }, async () => (await get(url)).text());
    expect(await Promise.all(several)).toEqual(several.map(() => 'second'));
    expect(await (await get(url)).text()).toBe('second');
    expect(seen.connections).toBe(2);
  });

  test('what comes before the answer, and padding', async () => {
    const { url } = await speak((socket, stream) => {
      const early = frame(HEADERS, 4, stream, field(':status', '103'));
      const padded = Buffer.concat([Buffer.from([200]), Buffer.from('padded'), Buffer.alloc(200)]);
      socket.write(Buffer.concat([early, frame(HEADERS, 4, stream, OK), frame(DATA, 9, stream, padded)]));
    });
    expect(await (await get(url)).text()).toBe('padded');
  });

  test('Expect: 100-continue', async () => {
    const waiting = await speak((socket, stream, count) => {
      if (count > 1) return socket.write(frame(HEADERS, 5, stream, field(':status', '417')));
      socket.write(frame(HEADERS, 4, stream, field(':status', '100')));
      const wait = setInterval(() => {
        if (waiting.seen.data < 4) return;
        clearInterval(wait);
        socket.write(answer(stream, 'thanks'));
      }, 5);
    });
    const init = { method: 'POST', body: 'body', headers: { Expect: '100-continue' } };
    expect(await (await get(waiting.url, init)).text()).toBe('thanks');
    expect((await get(waiting.url, init)).status).toBe(417);
    expect(waiting.seen.data).toBe(4);
  });

  test('a length that is not kept', async () => {
    const { url } = await speak((socket, stream) => {
      const block = Buffer.concat([OK, field('content-length', '42')]);
      socket.write(Buffer.concat([frame(HEADERS, 4, stream, block), frame(DATA, 1, stream, 'short')]));
    });
    expect(await codeOf(get(url).then((response) => response.text()))).not.toBe('no error');
  });

  const broken: Record<string, [Buffer, string]> = {
    'an increment of 0': [frame(WINDOW_UPDATE, 0, 0, int(0)), 'HTTP2ProtocolError'],
    'SETTINGS of a stream': [frame(SETTINGS, 0, 1), 'HTTP2ProtocolError'],
    'a window that is too large': [frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0x80, 0, 0, 0])), 'HTTP2FlowControlError'],
  };
  for (const [name, [bytes, code]] of Object.entries(broken)) {
    test(`${name} ends the connection`, async () => {
      const { url } = await speak((socket) => socket.write(bytes));
      expect(await codeOf(get(url))).toBe(code);
    });
  }
});

// Bun reads the variable at its start.
test.skipIf(!isDxCompat)('offered to every server, if the program wants that', async () => {
  const name = 'BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP2_CLIENT';
  process.env[name] = '1';
  try {
    const second = await serve((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('second');
    });
    const first = await listening(https.createServer(identity, (_, response) => response.end('first')));
    expect(await (await fetch(second.url, { tls } as any)).text()).toBe('second');
    const several = Array.from({ length: 3 }, async () => (await fetch(first, { tls } as any)).text());
    expect(await Promise.all(several)).toEqual(['first', 'first', 'first']);
  } finally {
    delete process.env[name];
  }
});
