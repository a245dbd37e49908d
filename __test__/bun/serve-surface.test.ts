/** Names of Bun.serve and its classes that no other test has: each once, as a program uses it. */
import { afterEach, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { talk } from '../web/raw-http';

const servers: any[] = [];
function serve(options: any): any {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', development: false, ...options });
  servers.push(server);
  return server;
}
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(true))));

/** Whether a connection is taken. */
async function connects(port: number, host: string): Promise<boolean> {
  const socket = net.connect({ port, host });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('options', () => {
  test('reusePort: two servers share a port', async () => {
    const first = serve({ reusePort: true, fetch: () => new Response('shared') });
    const second = serve({ reusePort: true, port: first.port, fetch: () => new Response('shared') });
    expect(second.port).toBe(first.port);
    expect(await (await fetch(first.url)).text()).toBe('shared');
  });

  const addresses = Object.values(os.networkInterfaces()).flat();
  test.skipIf(!addresses.some((address) => address?.family === 'IPv6'))('ipv6Only', async () => {
    const only = serve({ hostname: '::', ipv6Only: true, fetch: () => new Response('') });
    expect(await connects(only.port, '::1')).toBe(true);
    expect(await connects(only.port, '127.0.0.1')).toBe(false);
  });

  test('a program that exports its options is a server', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'serve-surface-'));
    const file = path.join(folder, 'server.js');
    fs.writeFileSync(
      file,
      "export default { port: 0, hostname: '127.0.0.1', fetch: () => new Response('exported') };\n",
    );
    const child = spawn(process.execPath, [...process.execArgv, file], { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
      let found = null;
      while (found === null) {
        const event = await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')]);
        found = /http:\/\/[^\s]*:(\d+)/.exec(said);
        if (found === null && typeof event[0] === 'number') throw new Error(`it ended: ${said}`);
      }
      expect(await (await fetch(`http://127.0.0.1:${found[1]}/`)).text()).toBe('exported');
    } finally {
      child.kill();
      fs.rmSync(folder, { recursive: true });
    }
  });
});

test('closeIdleConnections closes those that wait and tells their number', async () => {
  let answer = (_: Response) => {};
  const server = serve({
    fetch: ({ url }: Request) =>
      url.endsWith('/wait') ? new Promise<Response>((resolve) => (answer = resolve)) : new Response('at once'),
  });
  const idle = net.connect(server.port, '127.0.0.1');
  idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle, 'data');
  const busy = talk(server.port, 'GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  while (server.pendingRequests === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = once(idle.resume(), 'close');
  expect(server.closeIdleConnections()).toBe(1);
  await closed;
  answer(new Response('still here'));
  expect(await busy).toEndWith('still here');
});

describe('a served request', () => {
  test('headers: count, toJSON, getAll', async () => {
    const server = serve({
      fetch({ headers }: Request) {
        const { count } = headers as any;
        return Response.json([count, (headers as any).toJSON(), (headers as any).getAll('Set-Cookie')]);
      },
    });
    const text = await talk(
      server.port,
      'GET / HTTP/1.1\r\nHost: x\r\nX-One: a\r\nx-one: b\r\nSet-Cookie: c=d\r\nConnection: close\r\n\r\n',
    );
    const [count, all, cookies] = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    expect(count).toBe(4);
    expect(all).toMatchObject({ host: 'x', 'x-one': 'a, b', connection: 'close' });
    expect([cookies, all['set-cookie']]).toEqual([['c=d'], ['c=d']]);
  });

  test('cookies: what is set and deleted goes out with the answer', async () => {
    const server = serve({
      routes: {
        '/': (request: any) => {
          const before = request.cookies.get('theme');
          request.cookies.set('session', 'new', { httpOnly: true });
          request.cookies.delete('theme');
          return new Response(before);
        },
      },
    });
    const response = await fetch(server.url, { headers: { cookie: 'theme=dark; other=1' } });
    expect(await response.text()).toBe('dark');
    const cookies = response.headers.getSetCookie().sort();
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toMatch(/^session=new;.*httponly/i);
    expect(cookies[1]).toMatch(/^theme=;.*(expires|max-age)=/i);
  });

  for (const size of [10, 300_000]) {
    test(`clone: both bodies can be read, of ${size} bytes`, async () => {
      const server = serve({
        async fetch(request: Request) {
          const copy = request.clone();
          const [text, bytes] = await Promise.all([request.text(), copy.bytes()]);
          return Response.json([text.length, bytes.length, request.bodyUsed, copy.url === request.url, copy.method]);
        },
      });
      const response = await fetch(server.url, { method: 'POST', body: 'x'.repeat(size) });
      expect(await response.json()).toEqual([size, size, true, true, 'POST']);
    });
  }

  test('tee: both halves of a body that comes in pieces go out', async () => {
    const server = serve({
      async fetch(request: Request) {
        const [first, second] = (request.body as ReadableStream).tee();
        const length = (await new Response(first).text()).length;
        return new Response(second, { headers: { 'x-length': String(length) } });
      },
    });
    const body = 'abc'.repeat(100_000);
    const response = await fetch(server.url, { method: 'POST', body });
    expect(response.headers.get('x-length')).toBe(String(body.length));
    expect((await response.text()) === body).toBe(true);
  });
});

test('each answer has its own fields, whatever the one before had', async () => {
  const server = serve({
    fetch({ url }: Request) {
      const headers = new Headers(JSON.parse(decodeURIComponent(new URL(url).search.slice(1))));
      return new Response('text', { headers });
    },
  });
  const lists: [string, string][][] = [
    [['x-a', '1']],
    [['x-a', '1']],
    [['x-a', '2']],
    [['x-b', '2']],
    [],
    [
      ['x-a', '1'],
      ['x-b', '2'],
    ],
    [
      ['x-b', '2'],
      ['x-a', '1'],
    ],
    [
      ['x-a', '1'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    [['content-type', 'a/b']],
  ];
  for (const list of [...lists, ...lists.toReversed()]) {
    const { headers } = await fetch(`${server.url}?${encodeURIComponent(JSON.stringify(list))}`);
    const expected = [...new Headers(list)].filter(([name]) => name !== 'content-type').sort();
    const given = [...headers].filter(([name]) => /^(x-.|set-cookie)$/.test(name)).sort();
    expect(given).toEqual(expected);
    const type = list[0]?.[0] === 'content-type' ? list[0][1] : 'text/plain;charset=utf-8';
    expect(headers.get('content-type')).toBe(type);
  }
});

describe('looking at a server', () => {
  const kinds = { DebugHTTPServer: true, HTTPServer: false };

  test.each(Object.entries(kinds))('%s: itself, its prototype and what is made from it', async (tag, development) => {
    const server = serve({ development, fetch: () => new Response('') });
    const shown: string = Bun.inspect(server);
    expect(shown.split('\n')[0]).toBe(`${tag} {`);
    expect(shown).toContain('\n  fetch: [Function: fetch],\n');
    expect(shown).toContain(`\n  port: ${server.port},\n`);
    expect(shown).toEndWith(`\n  [${String(Symbol.dispose)}]: [Function: dispose],\n}`);
    const { port } = server;
    await server.stop(true);
    expect(server.port).toBe(0);
    expect(server.address.port).toBe(port);
    expect(server.url.href).toBe(`http://127.0.0.1:${port}/`);
    expect(String(server)).toBe(`[object ${tag}]`);
  });

  test('the prototype is no server, and can be shown', () => {
    const server = serve({ development: true, fetch: () => new Response('') });
    const prototype = Object.getPrototypeOf(server);
    expect(String(prototype)).toBe('[object DebugHTTPServer]');
    expect(Object.prototype.toString.call(Object.create(server))).toBe('[object DebugHTTPServer]');
    const shown = Bun.inspect(prototype);
    expect(shown).toContain('\n  port: undefined,\n');
    expect(shown).toContain('\n  stop: [Function: stop],\n');
    for (const name of ['port', 'address', 'id', 'url', 'pendingRequests']) {
      const message = `The DebugHTTPServer.${name} getter can only be used on instances of DebugHTTPServer`;
      expect(() => prototype[name]).toThrow(message);
      expect(() => Object.create(server)[name]).toThrow(message);
    }
  });
});
