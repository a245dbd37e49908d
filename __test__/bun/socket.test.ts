import { afterEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

const open: any[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.stop ? each.stop(true) : each.terminate();
});

/** Handlers that keep a log of what they hear. */
function heard(more: any = {}) {
  const log: unknown[] = [];
  const waiting: (() => void)[] = [];
  const handlers: any = {};
  for (const name of ['open', 'data', 'end', 'close', 'error'])
    handlers[name] = (socket: any, fact: any) => {
      const shown = fact instanceof Error ? (fact as any).code : name === 'data' ? String(fact) : undefined;
      log.push(shown === undefined ? name : `${name} ${shown}`);
      more[name]?.(socket, fact);
      for (const wake of waiting.splice(0)) wake();
    };
  /** Until something has been heard. */
  const until = async (text: string) => {
    while (!log.some((line) => String(line).startsWith(text)))
      await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { log, handlers, until };
}

const listen = (options: any) => {
  const listener: any = Bun.listen({ hostname: '127.0.0.1', port: 0, ...options });
  open.push(listener);
  return listener;
};
const connect = async (options: any) => {
  const socket: any = await Bun.connect({ hostname: '127.0.0.1', ...options });
  open.push(socket);
  return socket;
};
const failure = async (work: () => any) => {
  try {
    await work();
    return 'none';
  } catch (error: any) {
    return [error.name, error.code, error.message];
  }
};

describe('options', () => {
  const data = () => {};
  test.each([
    [undefined, 'Expected object'],
    [{}, 'SocketOptions.socket is required'],
    [{ hostname: 'x', port: 0, socket: {} }, 'Expected at least "data" or "drain" callback'],
    [{ hostname: 'x', port: 0, socket: { data: 5 } }, 'Expected "onData" callback to be a function'],
    [{ port: 0, socket: { data } }, 'Expected either "hostname" or "unix"'],
    [{ unix: '', socket: { data } }, 'Expected either "hostname" or "unix"'],
    [{ hostname: 'x', port: 0, tls: 5, socket: { data } }, 'TLSOptions must be an object'],
    [
      { hostname: 'x', port: 0, socket: { data, binaryType: 'x' } },
      'SocketHandler.binaryType must be "arraybuffer", "buffer", or "uint8array"',
    ],
  ] as any[])('%j', async (options, message) => {
    expect(await failure(() => Bun.listen(options))).toEqual(['TypeError', 'ERR_INVALID_ARG_TYPE', message]);
  });

  test('ports', async () => {
    for (const port of [-1, 70000])
      expect(await failure(() => listen({ port, socket: { data } }))).toEqual([
        'RangeError',
        'ERR_OUT_OF_RANGE',
        `SocketOptions.port must be in the range [0, 65535] (received ${port})`,
      ]);
    expect(listen({ port: '0', socket: { data } }).port).toBeGreaterThan(0);
  });

  test('what cannot be listened at, or connected to', async () => {
    const { port } = listen({ socket: { data } });
    expect(await failure(() => listen({ port, socket: { data } }))).toEqual([
      'Error',
      'EADDRINUSE',
      'Failed to listen at 127.0.0.1',
    ]);
    expect((await failure(() => listen({ hostname: undefined, unix: '/no/such/s', socket: { data } })))[1]).toBe(
      'ENOENT',
    );
    const seen: any[] = [];
    const connectError = (_: any, error: any) => seen.push(error.code);
    const refused = () => connect({ port: 1, socket: { data, connectError } });
    expect(await failure(refused)).toEqual(['Error', 'ECONNREFUSED', 'Failed to connect']);
    expect(seen).toEqual(['ECONNREFUSED']);
    expect((await failure(() => Bun.connect({ unix: '/no/such/s', socket: { data } })))[1]).toBe('ENOENT');
  });
});

describe('a connection', () => {
  test('says what it is, and carries bytes both ways', async () => {
    let accepted: any;
    const server = heard({
      open: (socket: any) => (accepted = socket),
      data: (socket: any, text: any) => socket.write(`re:${text}`),
    });
    const listener = listen({ data: { of: 'server' }, socket: server.handlers });
    const client = heard();
    const socket = await connect({ port: listener.port, data: { of: 'client' }, socket: client.handlers });
    expect(client.log).toEqual(['open']);
    expect(socket.write('hello')).toBe(5);
    await client.until('data');
    expect([server.log, client.log]).toEqual([
      ['open', 'data hello'],
      ['open', 'data re:hello'],
    ]);
    expect([socket.readyState, socket.remoteAddress, socket.remotePort, socket.remoteFamily]).toEqual([
      1,
      '127.0.0.1',
      listener.port,
      'IPv4',
    ]);
    expect([socket.data, accepted.data, socket.listener, accepted.listener === listener]).toEqual([
      { of: 'client' },
      { of: 'server' },
      undefined,
      true,
    ]);
    expect([socket.localPort === accepted.remotePort, socket.bytesWritten, socket.authorized]).toEqual([
      true,
      5,
      false,
    ]);
    expect([String(socket), String(listener)]).toEqual(['[object TCPSocket]', '[object Listener]']);
    const address: any = {};
    listener.getsockname(address);
    expect(address).toEqual({ family: 'IPv4', address: '127.0.0.1', port: listener.port });
    expect(() => listener.getsockname()).toThrow('Expected object');
  });

  test('write takes text, bytes and a part of them', async () => {
    const server = heard();
    const socket = await connect({ port: listen({ socket: server.handlers }).port, socket: { data() {} } });
    expect([socket.write(''), socket.write(new Uint8Array([97])), socket.write('abcdef', 1, 2)]).toEqual([0, 1, 2]);
    expect(() => socket.write('abc', 1)).toThrow(
      'The value of "byteLength" is out of range. It must be >= 0 and <= 2. Received 3',
    );
    expect(() => socket.write(5)).toThrow(
      'The "data" argument must be of type string, buffer, or blob. Received type number (5)',
    );
    expect(socket.end('!')).toBe(1);
    await server.until('close');
    expect(
      server.log
        .filter((line) => String(line).startsWith('data'))
        .join('')
        .replaceAll('data ', ''),
    ).toBe('abc!');
    expect([socket.write('x'), socket.readyState]).toEqual([-1, -1]);
  });

  test.each([
    ['end', ['open', 'end', 'close'], ['open', 'close']],
    ['shutdown', ['open', 'end', 'close'], ['open', 'close']],
    ['terminate', ['open', 'close ECONNRESET'], ['open', 'close']],
  ])('%s', async (how, ofServer, ofClient) => {
    const server = heard();
    const client = heard();
    const socket = await connect({ port: listen({ socket: server.handlers }).port, socket: client.handlers });
    await server.until('open');
    socket[how]();
    await Promise.all([server.until('close'), client.until('close')]);
    expect([server.log, client.log]).toEqual([ofServer, ofClient]);
  });

  test('half open it goes on writing', async () => {
    let accepted: any;
    const server = heard({ open: (socket: any) => (accepted = socket) });
    const client = heard();
    const { port } = listen({ socket: server.handlers });
    const socket = await connect({ port, allowHalfOpen: true, socket: client.handlers });
    await server.until('open');
    accepted.shutdown();
    await client.until('end');
    expect([socket.readyState, socket.write('late')]).toEqual([1, 4]);
    await server.until('data late');
  });

  test('a handler that fails', async () => {
    const server = heard({
      data() {
        throw Object.assign(new Error('failed'), { code: 'MINE' });
      },
    });
    const socket = await connect({ port: listen({ socket: server.handlers }).port, socket: { data() {} } });
    socket.write('x');
    await server.until('error');
    expect(server.log).toEqual(['open', 'data x', 'error MINE']);
    const client = heard({
      open() {
        throw Object.assign(new Error('failed'), { code: 'MINE' });
      },
    });
    await connect({ port: listen({ socket: { data() {} } }).port, socket: client.handlers });
    await client.until('close');
    expect(client.log).toEqual(['open', 'error MINE', 'close']);
  });

  // More than once: how much the kernel takes at once is another matter each time, down to all of it.
  test.each([1, 2, 3, 4, 5])('what is not taken is for after drain, %i', async () => {
    const whole = 30_000_000;
    let arrived = 0;
    const done = Promise.withResolvers<void>();
    const listener = listen({
      socket: {
        data(_: any, bytes: Buffer) {
          arrived += bytes.length;
          if (arrived === whole) done.resolve();
        },
      },
    });
    const bytes = Buffer.alloc(whole);
    let at = 0;
    let drains = 0;
    const pump = (socket: any) => {
      at += Math.max(0, socket.write(bytes.subarray(at)));
    };
    const drain = (socket: any) => {
      drains++;
      if (at < whole) pump(socket);
    };
    await connect({ port: listener.port, socket: { open: pump, drain } });
    expect(at).toBeLessThan(whole);
    await done.promise;
    expect([arrived, drains > 0]).toEqual([whole, true]);
  });

  test('kinds of bytes; other handlers from now on', async () => {
    const kinds: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const note = (_: any, bytes: any) => {
      kinds.push(bytes.constructor.name);
      resolve();
    };
    const listener = listen({ socket: { binaryType: 'uint8array', data: note } });
    const socket = await connect({ port: listener.port, socket: { data() {} } });
    socket.write('x');
    await promise;
    const second = Promise.withResolvers<void>();
    listener.reload({
      socket: {
        binaryType: 'arraybuffer',
        data(_: any, bytes: any) {
          kinds.push(bytes.constructor.name);
          second.resolve();
        },
      },
    });
    socket.write('x');
    await second.promise;
    expect(kinds).toEqual(['Uint8Array', 'ArrayBuffer']);
  });

  test('stop lets connections go on, unless it is told not to', async () => {
    const client = heard();
    const listener = listen({ socket: { data() {} } });
    const socket = await connect({ port: listener.port, socket: client.handlers });
    const { port } = listener;
    listener.stop();
    expect([socket.readyState, listener.port, listener.hostname]).toEqual([1, port, '127.0.0.1']);
    listener.stop(true);
    await client.until('close');
    expect(client.log).toEqual(['open', 'end', 'close']);
  });
});

test('a socket of the file system', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sock-'));
  const unix = path.join(folder, 's');
  const listener = listen({
    hostname: undefined,
    unix,
    socket: { data: (socket: any, bytes: any) => void socket.end(bytes) },
  });
  expect([listener.unix, listener.port, listener.hostname]).toEqual([unix, undefined, undefined]);
  const client = heard();
  const socket: any = await Bun.connect({ unix, socket: client.handlers });
  socket.write('over a file');
  await client.until('close');
  expect(client.log).toEqual(['open', 'data over a file', 'end', 'close']);
  listener.stop();
  expect(existsSync(unix)).toBe(false);
  rmSync(folder, { recursive: true });
});

test('it talks to what others have', async () => {
  const server = net.createServer((socket) => socket.end('from node'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = heard();
  await connect({ port: (server.address() as net.AddressInfo).port, socket: client.handlers });
  await client.until('close');
  expect(client.log).toEqual(['open', 'data from node', 'end', 'close']);
  server.close();
});

test('TLS', async () => {
  const pem = (name: string) => readFileSync(`${import.meta.dir}/fixtures/tls/${name}`, 'utf8');
  const server = heard({ data: (socket: any, bytes: any) => void socket.end(`secret ${bytes}`) });
  const listener = listen({ tls: { key: pem('localhost.key'), cert: pem('localhost.pem') }, socket: server.handlers });
  const client = heard();
  const hands = Promise.withResolvers<unknown[]>();
  const socket = await connect({
    port: listener.port,
    tls: { rejectUnauthorized: false },
    socket: { ...client.handlers, handshake: (_: any, success: boolean) => hands.resolve([success]) },
  });
  expect(await hands.promise).toEqual([true]);
  expect([String(socket), socket.getTLSVersion()]).toEqual(['[object TLSSocket]', 'TLSv1.3']);
  socket.write('x');
  await client.until('close');
  expect(client.log).toContain('data secret x');
});

test('TLS from some point on', async () => {
  const pem = (name: string) => readFileSync(`${import.meta.dir}/fixtures/tls/${name}`, 'utf8');
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write('go');
      const secured = new tls.TLSSocket(socket, {
        isServer: true,
        key: pem('localhost.key'),
        cert: pem('localhost.pem'),
      });
      secured.on('data', (data) => secured.end(`secret ${data}`));
      secured.on('error', () => {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = heard();
  const hands = Promise.withResolvers<boolean>();
  const pair = Promise.withResolvers<any[]>();
  const socket = await connect({
    port: (server.address() as net.AddressInfo).port,
    socket: {
      data(plain: any, bytes: Buffer) {
        if (String(bytes) !== 'go') return;
        const handshake = (_: any, success: boolean) => hands.resolve(success);
        pair.resolve(
          plain.upgradeTLS({
            tls: { rejectUnauthorized: false },
            socket: { ...client.handlers, handshake },
            data: { d: 1 },
          }),
        );
      },
    },
  });
  socket.write('STARTTLS');
  const [, secured] = await pair.promise;
  expect(await hands.promise).toBe(true);
  expect([String(secured), secured.data]).toEqual(['[object TLSSocket]', { d: 1 }]);
  secured.write('x');
  await client.until('data');
  expect(client.log).toContain('data secret x');
  secured.end();
  server.close();
});
