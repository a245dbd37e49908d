import { afterAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const pem = (name: string) => readFileSync(`${import.meta.dir}/../bun/fixtures/tls/${name}`, 'utf8');
const certificate = { key: pem('localhost.key'), cert: pem('localhost.pem') };

let answer = 'HTTP/1.1 407 Proxy Auth\r\nContent-Length: 2\r\nX-A: b\r\n\r\nno';
let heads: string[] = [];
/** A proxy that refuses. */
const proxy = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (data) => {
    heads.push(data.toString().replaceAll(/Bun\/[\d.]+/g, 'Bun'));
    socket.end(answer);
  });
});
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const { port } = proxy.address() as net.AddressInfo;
afterAll(() => void proxy.close());

/** What the proxy was sent and what came of it. */
async function through(option: unknown, url = 'http://example.test/a?b#c', init: object = {}) {
  heads = [];
  const result = await fetch(url, { proxy: option, ...init } as any).then(
    async (response) => `${response.status} ${await response.text()} ${response.url}`,
    (error) => error,
  );
  return { head: heads[0]?.split('\r\n'), result };
}

describe('a request through a proxy', () => {
  test('has a head of its own, and the answer is the proxy’s', async () => {
    const { head, result } = await through(`http://u:p@127.0.0.1:${port}`);
    expect(result).toBe('407 no http://example.test/a?b#c');
    expect(head).toEqual([
      'GET http://example.test/a?b HTTP/1.1',
      'Proxy-Connection: Keep-Alive',
      'Proxy-Authorization: Basic dTpw',
      'Connection: keep-alive',
      'User-Agent: Bun',
      'Accept: */*',
      'Host: example.test',
      'Accept-Encoding: gzip, deflate, br, zstd',
      '',
      '',
    ]);
  });

  test('to a server with TLS: what the proxy says of the tunnel is an error', async () => {
    const { head, result } = await through(`http://u:p@127.0.0.1:${port}`, 'https://example.test/a');
    expect(head).toEqual([
      'CONNECT example.test:443 HTTP/1.1',
      'Host: example.test:443',
      'Proxy-Connection: Keep-Alive',
      'Proxy-Authorization: Basic dTpw',
      '',
      '',
    ]);
    expect(result.message).toBe('Proxy refused to open a tunnel: 407 Proxy Auth');
    expect([result.name, result.code, result.status, result.statusText]).toEqual([
      'Error',
      'ERR_PROXY_TUNNEL',
      407,
      'Proxy Auth',
    ]);
    expect(result.headers.get('x-a')).toBe('b');
  });

  test('to an address of IPv6', async () => {
    const { head } = await through(`http://127.0.0.1:${port}`, 'https://[::1]:8443/');
    expect(head?.slice(0, 2)).toEqual(['CONNECT [::1]:8443 HTTP/1.1', 'Host: [::1]:8443']);
  });

  test('an object with headers for the proxy, which may have its own authorization', async () => {
    const url = `http://u:p@127.0.0.1:${port}`;
    const { head } = await through({ url, headers: { 'X-Y': '1', 'Proxy-Authorization': 'own' } });
    expect(head?.slice(1, 4).sort()).toEqual(['Proxy-Authorization: own', 'Proxy-Connection: Keep-Alive', 'X-Y: 1']);
  });

  test('what names no proxy, and what is none', async () => {
    for (const option of ['', null, {}, { url: null }, { headers: { a: 'b' } }, 5]) {
      const { head, result } = await through(option, 'http://127.0.0.1:1/');
      expect([head, result.code]).toEqual([undefined, 'ECONNREFUSED']);
    }
    for (const option of ['foo bar', { url: '' }, { url: 5 }, { url: 'http://' }, `127.0.0.1:${port}`])
      expect((await through(option)).result.message).toBe('fetch() proxy URL is invalid');
    expect((await through('ftp://x')).result.code).toBe('UnsupportedProxyProtocol');
    expect((await through(`localhost:${port}`)).result).toStartWith('407');
    expect((await through(new URL(`http://127.0.0.1:${port}`))).result).toStartWith('407');
  });

  test('the environment: NO_PROXY holds for the option too, quotes alone are nothing', async () => {
    const { NO_PROXY, http_proxy } = process.env;
    // What is not to reach the proxy asks a resolver for a name that nobody has, which may take its time.
    const patience = (expected: boolean) => (expected ? {} : { signal: AbortSignal.timeout(500) });
    const proxied = async (option: unknown, url: string, expected: boolean) =>
      (await through(option, url, patience(expected))).head !== undefined;
    try {
      const way = `http://127.0.0.1:${port}`;
      for (const [list, sub, bare] of [
        ['*', false, false],
        ['.example.test', false, false],
        ['test', false, false],
        ['sub.example.test', false, true],
        ['example.test:80', false, false],
        ['example.test:8080', true, true],
        [' , EXAMPLE.test ', false, false],
        ['', true, true],
      ] as const) {
        process.env.NO_PROXY = list;
        expect([
          list,
          await proxied(way, 'http://sub.example.test/', sub),
          await proxied(way, 'http://example.test/', bare),
        ]).toEqual([list, sub, bare]);
      }
      for (const [text, used] of [
        ["''", false],
        ['""', false],
        [`127.0.0.1:${port}`, true],
        [way, true],
      ] as const) {
        process.env.http_proxy = text;
        expect([text, await proxied(undefined, 'http://127.0.0.1:1/', used)]).toEqual([text, used]);
      }
    } finally {
      for (const [name, value] of Object.entries({ NO_PROXY, http_proxy })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  }, 20_000);
});

test('a tunnel serves later requests, to the same server and with the same credentials', async () => {
  const connects: string[] = [];
  const sockets: net.Socket[] = [];
  const target = Bun.serve({ port: 0, tls: certificate, fetch: () => new Response('ok') });
  const other = Bun.serve({ port: 0, tls: certificate, fetch: () => new Response('ok') });
  const tunnels = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      const head = data.toString();
      const to = Number(/:(\d+) HTTP/.exec(head)?.[1]);
      connects.push(`${to} ${/Basic (\S+)/.exec(head)?.[1] ?? ''}`);
      const server = net.connect(to, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(server).pipe(socket);
      });
      server.on('error', () => socket.destroy());
      sockets.push(socket, server);
    });
  });
  await new Promise<void>((resolve) => tunnels.listen(0, '127.0.0.1', resolve));
  const way = (credentials: string) => `http://${credentials}127.0.0.1:${(tunnels.address() as net.AddressInfo).port}`;
  const ask = async (server: typeof target, credentials = '') => {
    const url = `https://127.0.0.1:${server.port}/`;
    const response = await fetch(url, { proxy: way(credentials), tls: { rejectUnauthorized: false } } as any);
    expect(await response.text()).toBe('ok');
  };
  try {
    for (let count = 0; count < 3; count++) await ask(target);
    await ask(other);
    await ask(target);
    await ask(target, 'a:b@');
    await ask(target, 'a:b@');
    expect(connects).toEqual([`${target.port} `, `${other.port} `, `${target.port} YTpi`]);
  } finally {
    for (const socket of sockets) socket.destroy();
    tunnels.close();
    void target.stop(true);
    void other.stop(true);
  }
});

for (const [name, first] of [
  ['that never answers', ''],
  ['behind which no server answers', 'HTTP/1.1 200 OK\r\n\r\n'],
]) {
  test(`an aborted request lets go of a proxy ${name}`, async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: closed, resolve: close } = Promise.withResolvers<string>();
    const silent = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('close', () => close('closed'));
      socket.once('data', () => {
        if (first === '') return ask();
        socket.write(first);
        socket.once('data', () => ask()); // the server is greeted
      });
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const controller = new AbortController();
    const way = `http://127.0.0.1:${(silent.address() as net.AddressInfo).port}`;
    const result = fetch('https://example.test/', { proxy: way, signal: controller.signal } as any).catch(
      (error) => error.name,
    );
    await asked;
    controller.abort();
    expect([await result, await closed]).toEqual(['AbortError', 'closed']);
    silent.close();
  });
}

test('requests with the same `tls`, written anew, share a connection', async () => {
  let connections = 0;
  const server = tls.createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    connections++;
    socket.on('error', () => {});
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as net.AddressInfo).port}/`;
  for (let count = 0; count < 3; count++)
    expect(await (await fetch(url, { tls: { rejectUnauthorized: false } } as any)).text()).toBe('ok');
  expect(connections).toBe(1);
  await fetch(url, { tls: { rejectUnauthorized: false, ciphers: 'DEFAULT' } } as any).then((response) =>
    response.text(),
  );
  expect(connections).toBe(2);
  server.close();
});
