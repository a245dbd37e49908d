import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import http from 'node:http';
import net from 'node:net';
import zlib from 'node:zlib';

/** A server that answers every request with the same bytes, and keeps what it was sent. */
async function raw(answer: string | ((socket: net.Socket, head: string) => void)) {
  let received = '';
  const server = net.createServer((socket) => {
    let head = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      head += data;
      received = head;
      if (!head.includes('\r\n\r\n')) return;
      if (typeof answer === 'string') socket.end(answer);
      else answer(socket, head);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  return { url, received: () => received, [Symbol.dispose]: () => void server.close() };
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: any) => [error.name, error.code, error.message.split('.')[0]],
  );

describe('what goes out', () => {
  test('Bun’s headers in Bun’s order', async () => {
    using server = await raw(ok);
    await (await fetch(`${server.url}/p?q#hash`, { method: 'POST', body: 'abc', headers: { 'X-A': 'b' } })).text();
    expect(
      server
        .received()
        .split('\r\n')
        .map((line) => line.replace(/127.*/, 'HOST').replace(/Bun\/.*/, 'Bun')),
    ).toEqual([
      'POST /p?q HTTP/1.1',
      'X-A: b',
      'Connection: keep-alive',
      'User-Agent: Bun',
      'Accept: */*',
      'Host: HOST',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Content-Length: 3',
      '',
      'abc',
    ]);
  });

  test('options and odd URLs', async () => {
    using server = await raw(ok);
    const sent = async (path: string, init?: any) => {
      await (await fetch(server.url + path, init)).text();
      return server.received();
    };
    expect(await sent('//a', { keepalive: false })).toMatch(/^GET \/a HTTP\/1.1\r\n(?![^]*Connection)/);
    expect(await sent('/', { decompress: false })).not.toContain('Accept-Encoding');
    expect(await sent('/', { method: 'post' })).toContain('Content-Length: 0');
    expect(await sent('/', { method: 'FOO' })).toStartWith('GET ');
    expect(
      await sent('/', {
        method: 'PUT',
        body: (async function* () {
          yield 'g';
          yield new Uint8Array([65]);
        })(),
      }),
    ).toContain('Transfer-Encoding: chunked');
  });

  test('a GET whose body has nothing in it is sent without', async () => {
    using server = await raw(ok);
    for (const body of ['', new Uint8Array(0), new Blob([]), new URLSearchParams()]) {
      for (const method of ['GET', 'HEAD']) {
        await (await fetch(server.url, { method, body } as any)).text();
        expect(server.received()).not.toMatch(/content-|transfer-/i);
      }
    }
    for (const body of ['x', 0, new FormData(), new ReadableStream()])
      expect((await failure(fetch(server.url, { body } as any)))[1]).toBe('ERR_INVALID_ARG_VALUE');
  });

  test('localhost is a loopback address, of either version', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const server = net.createServer((socket) => void socket.once('data', () => socket.end(ok)));
      const listening = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false)); // a machine without IPv6
        server.listen(0, host, () => resolve(true));
      });
      if (!listening) continue;
      const { port } = server.address() as net.AddressInfo;
      expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('hi');
      server.close();
      await new Promise((resolve) => server.once('close', resolve));
      expect((await failure(fetch(`http://localhost:${port}/`)))[1]).toBe('ECONNREFUSED');
    }
  });

  test('a coding that nobody has heard of is passed over, whatever its name', async () => {
    for (const name of ['unheard', 'constructor', 'toString']) {
      using server = await raw(`HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\nContent-Length: 2\r\n\r\nhi`);
      expect(await (await fetch(server.url)).text()).toBe('hi');
    }
  });

  test('credentials of the URL', async () => {
    using server = await raw(ok);
    const response = await fetch(`${server.url.replace('//', '//us:pw@')}/x`);
    expect([response.url.includes('us:pw@'), server.received().includes('Authorization: Basic dXM6cHc=')]).toEqual([
      true,
      true,
    ]);
  });
});

describe('what fails', () => {
  test('before anything is sent', async () => {
    const call = fetch as any;
    expect(await failure(call())).toEqual([
      'TypeError',
      'ERR_MISSING_ARGS',
      'fetch() expects a string but received no arguments',
    ]);
    expect(await failure(call(''))).toEqual(['TypeError', 'ERR_INVALID_URL', 'fetch() URL must not be a blank string']);
    expect(await failure(call('nope'))).toEqual(['TypeError', 'ERR_INVALID_URL', 'fetch() URL is invalid']);
    expect(await failure(call('ftp://x/'))).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_VALUE',
      'protocol must be http:, https: or s3:',
    ]);
    expect(await failure(call('http://x/', { body: 'x' }))).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_VALUE',
      'fetch() request with GET/HEAD method cannot have body',
    ]);
    expect(await failure(call('http://x/', { redirect: 'foo' }))).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_TYPE',
      "redirect must be one of 'follow', 'manual' or 'error'",
    ]);
    expect(await failure(call('http://x/', { signal: 5 }))).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_TYPE',
      'signal is not of type AbortSignal',
    ]);
    expect(await failure(call('http://x/', { proxy: 'nope' }))).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_VALUE',
      'fetch() proxy URL is invalid',
    ]);
  });

  test('connections', async () => {
    const error: any = await fetch('http://127.0.0.1:1/').catch((thrown) => thrown);
    expect([error.name, error.code, error.message, error.path, error.errno]).toEqual([
      'TypeError',
      'ECONNREFUSED',
      'ECONNREFUSED: Unable to connect. Is the computer able to access the url?',
      'http://127.0.0.1:1/',
      0,
    ]);
    expect(await failure(fetch('http://localhost/x', { unix: '/tmp/no-such.sock' } as any))).toEqual([
      'TypeError',
      'ENOENT',
      'ENOENT: Was there a typo in the url or port?',
    ]);
    expect(await failure(fetch('http://example.com/', { proxy: 'http://127.0.0.1:1' } as any))).toEqual([
      'TypeError',
      'ECONNREFUSED',
      'ECONNREFUSED: Unable to connect',
    ]);
  });

  test.each([
    ['closed at once', '', 'ECONNRESET'],
    ['a short body', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi', 'ECONNRESET'],
    ['a cut chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', 'ECONNRESET'],
    ['no gzip', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello', 'ZlibError'],
    ['a bad Location', 'HTTP/1.1 302 Found\r\nLocation: http://[x\r\nContent-Length: 0\r\n\r\n', 'RedirectURLInvalid'],
    [
      'another protocol',
      'HTTP/1.1 302 Found\r\nLocation: ftp://x\r\nContent-Length: 0\r\n\r\n',
      'UnsupportedRedirectProtocol',
    ],
  ])('%s', async (_, answer, code) => {
    using server = await raw(answer);
    const [name, got] = (await failure(fetch(server.url).then((response) => response.text()))) as string[];
    expect([name, got]).toEqual(['TypeError', code]);
  });

  test('aborts: before, while waiting, while reading', async () => {
    using silent = await raw(() => {});
    expect(await failure(fetch(silent.url, { signal: AbortSignal.abort() }))).toEqual([
      'AbortError',
      20,
      'The operation was aborted',
    ]);
    expect(await failure(fetch(silent.url, { signal: AbortSignal.timeout(20) }))).toEqual([
      'TimeoutError',
      23,
      'The operation timed out',
    ]);
    const waiting = new AbortController();
    setTimeout(() => waiting.abort(new Error('why')), 20);
    expect(await failure(fetch(silent.url, { signal: waiting.signal }))).toEqual(['Error', undefined, 'why']);
    using slow = await raw((socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi'));
    const reading = new AbortController();
    const response = await fetch(slow.url, { signal: reading.signal });
    setTimeout(() => reading.abort(), 20);
    expect(await failure(response.text())).toEqual(['AbortError', 20, 'The operation was aborted']);
  });
});

describe('what comes back', () => {
  let server: http.Server;
  let url: string;
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const path = request.url as string;
      const body = Buffer.from('hello hello');
      const coded: Record<string, Buffer> = {
        gzip: zlib.gzipSync(body),
        deflate: zlib.deflateSync(body),
        raw: zlib.deflateRawSync(body),
        br: zlib.brotliCompressSync(body),
        zstd: Buffer.from(Bun.zstdCompressSync(body)),
      };
      const coding = path.slice(1);
      if (coding in coded)
        return void response
          .writeHead(200, { 'content-encoding': coding === 'raw' ? 'deflate' : coding })
          .end(coded[coding]);
      if (path === '/loop') return void response.writeHead(302, { location: '/loop' }).end();
      const status = /^\/to-(\d+)/.exec(path)?.[1];
      if (status) return void response.writeHead(Number(status), { location: '/end' }).end('x');
      let text = '';
      request.on('data', (data) => (text += data));
      request.on('end', () => void response.end(`${request.method} ${path} ${text} ${request.headers.authorization}`));
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    url = `http://localhost:${(server.address() as net.AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test.each(['gzip', 'deflate', 'raw', 'br', 'zstd'])('%s is decoded', async (coding) => {
    const response = await fetch(`${url}/${coding}`);
    expect(response.headers.get('content-encoding')).toBe(coding === 'raw' ? 'deflate' : coding);
    expect(await response.text()).toBe('hello hello');
  });

  test.each([
    [301, 'GET'],
    [302, 'GET'],
    [303, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ])('redirect %d', async (status, method) => {
    const response = await fetch(`${url}/to-${status}`, { method: 'POST', body: 'b', headers: { Authorization: 'z' } });
    expect([response.redirected, response.url, await response.text()]).toEqual([
      true,
      `${url}/end`,
      `${method} /end ${method === 'POST' ? 'b' : ''} z`,
    ]);
  });

  test('redirect: manual, error, a loop, a stream', async () => {
    const manual = await fetch(`${url}/to-302`, { redirect: 'manual' });
    expect([manual.status, manual.redirected, await manual.text()]).toEqual([302, false, 'x']);
    expect((await failure(fetch(`${url}/to-302`, { redirect: 'error' })))[1]).toBe('UnexpectedRedirect');
    expect((await failure(fetch(`${url}/loop`)))[1]).toBe('TooManyRedirects');
    const body = new ReadableStream({
      start(c) {
        c.enqueue('a');
        c.close();
      },
    });
    expect((await failure(fetch(`${url}/to-307`, { method: 'POST', body })))[0]).toBe('TypeError');
  });

  test('what comes after the body is passed over; a chunk that is none is not', async () => {
    const extra = `${ok}HTTP more than was said`;
    for (const answer of [extra, (socket: net.Socket) => void socket.write(extra)]) {
      using server = await raw(answer);
      expect(await (await fetch(server.url)).text()).toBe('hi');
      const response = await fetch(server.url);
      await Bun.sleep(20); // until the rest is there, too
      expect(await response.text()).toBe('hi');
    }
    using server = await raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    const response = await fetch(server.url);
    expect((await failure(response.text()))[1]).toBe('InvalidHTTPResponse');
  });

  test('a redirect that has a body ends its connection, one that has none does not', async () => {
    for (const [body, connections] of [
      ['', 1],
      ['x', 2],
    ] as const) {
      let opened = 0;
      const server = net.createServer((socket) => {
        opened++;
        socket.on('error', () => {});
        socket.on('data', (data) =>
          socket.write(
            String(data).includes('/from')
              ? `HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: ${body.length}\r\n\r\n${body}`
              : ok,
          ),
        );
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const response = await fetch(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}/from`);
      expect([await response.text(), opened]).toEqual(['hi', connections]);
      server.close();
    }
  });

  test('a redirect that comes before its request has been sent does not wait for it', async () => {
    let paused = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        if (String(data).startsWith('GET')) return void socket.end(ok);
        paused++;
        socket.pause(); // what follows does not fit into the connection
        socket.write('HTTP/1.1 303 See Other\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/from`;
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(64 * 1024 * 1024) });
    expect([await response.text(), paused]).toEqual(['hi', 1]);
    server.close();
  });

  test('a Request, with another body, used', async () => {
    const request = () => new Request(`${url}/r`, { method: 'POST', body: 'q' });
    expect(await (await fetch(request())).text()).toBe('POST /r q undefined');
    expect(await (await fetch(request(), { method: 'POST', body: 'w' })).text()).toBe('POST /r w undefined');
    const used = request();
    await used.text();
    expect(await failure(fetch(used))).toEqual(['TypeError', 'ERR_BODY_ALREADY_USED', 'Request body already used']);
  });

  test('bodies: clone, reader, cancel, an error of the stream that is sent', async () => {
    const response = await fetch(`${url}/x`);
    expect([await response.clone().text(), await response.text()]).toEqual(['GET /x  undefined', 'GET /x  undefined']);
    const reader = (await fetch(`${url}/x`)).body!.getReader();
    expect((await reader.read()).value?.length).toBe(17);
    await reader.cancel();
    const body = new ReadableStream({ pull: (c) => c.error(new Error('mine')) });
    expect(await failure(fetch(`${url}/x`, { method: 'POST', body }))).toEqual(['Error', undefined, 'mine']);
  });

  test('data: and file:', async () => {
    const data = await fetch('data:text/html;base64,aGk=');
    expect([data.headers.get('content-type'), await data.text()]).toEqual(['text/html;charset=utf-8', 'hi']);
    expect(await (await fetch('data:text/plain,hi%20there')).text()).toBe('hi there');
    expect(await failure(fetch('data:foo'))).toEqual(['Error', undefined, 'failed to fetch the data URL']);
    expect(await (await fetch(`file://${import.meta.path}`)).text()).toContain('data: and file:');
    const missing = fetch('file:///no/such').then((response) => response.text());
    expect((await failure(missing))[1]).toBe('ENOENT');
  });

  test('through a proxy', async () => {
    let seen = '';
    const proxy = http.createServer((request, response) => {
      seen = `${request.url} ${request.headers['proxy-authorization']}`;
      response.end('proxied');
    });
    await new Promise<void>((resolve) => proxy.listen(0, resolve));
    const address = `http://u:p@localhost:${(proxy.address() as net.AddressInfo).port}`;
    expect(await (await fetch('http://example.test/a?b', { proxy: address } as any)).text()).toBe('proxied');
    expect(seen).toBe('http://example.test/a?b Basic dTpw');
    proxy.close();
    proxy.closeAllConnections();
  });
});

test('a request carries 250 headers of the program, and those that it always has', async () => {
  using server = await raw(ok);
  const headers = Array.from({ length: 300 }, (_, at): [string, string] => [`a-${at}`, 'x']);
  await fetch(server.url, { headers });
  expect(server.received().match(/^a-\d+: x/gim)).toHaveLength(250);
  expect(server.received()).toMatch(/^host: /im);
  expect(server.received()).toMatch(/^user-agent: /im);
});

test('a blob: URL that is revoked is not asked of the network', async () => {
  const url = URL.createObjectURL(new Blob(['x']));
  expect(await (await fetch(url)).text()).toBe('x');
  URL.revokeObjectURL(url);
  expect(await failure(fetch(url))).toEqual(['TypeError', 'ERR_INVALID_ARG_VALUE', `Failed to resolve ${url}`]);
});
