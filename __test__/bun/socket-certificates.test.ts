/** Certificates that do not hold, on both sides of `Bun.listen`, `Bun.connect` and `upgradeTLS`. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

const read = (name: string) => readFileSync(path.join(import.meta.dir, 'fixtures/tls', name), 'utf8');
const own = { key: read('other.key'), cert: read('other.pem') };
const DOUBT = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';

/** A server that answers `pong`, and what it hears. */
function served(options: object, upgrades: boolean) {
  const log: unknown[] = [];
  const closed = Promise.withResolvers<void>();
  const handlers = {
    handshake: (socket: any, success: boolean, error: any) =>
      log.push([success, error instanceof Error, error?.code, socket.getAuthorizationError()?.code, socket.authorized]),
    data(socket: any, bytes: Buffer) {
      log.push(String(bytes));
      socket.write('pong');
    },
    close: () => closed.resolve(),
    error() {},
  };
  const to = { ...own, ...options };
  const server = upgrades
    ? Bun.listen({
        hostname: '127.0.0.1',
        port: 0,
        socket: {
          open: (raw: any) => void raw.upgradeTLS({ tls: to, socket: handlers, data: {} }),
          data() {},
          error() {},
        },
      })
    : Bun.listen({ hostname: '127.0.0.1', port: 0, tls: to, socket: handlers });
  return { log, closed: closed.promise, server };
}

/** A client with a certificate that nobody knows: what it is answered before the connection ends. */
async function asked(port: number) {
  const client = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...own });
  const { promise, resolve } = Promise.withResolvers<string>();
  client.on('error', () => {});
  client.on('secureConnect', () => client.write('ping'));
  client.on('data', (bytes) => resolve(String(bytes)));
  client.on('close', () => resolve('closed'));
  const answer = await promise;
  client.destroy();
  return answer;
}

for (const upgrades of [false, true])
  test.each([
    [{ requestCert: true, rejectUnauthorized: true }, 'closed'],
    [{ requestCert: true }, 'closed'],
    [{ requestCert: true, rejectUnauthorized: false }, 'pong'],
  ])(`a client of ${upgrades ? 'upgradeTLS' : 'listen'} with %j`, async (options, expected) => {
    const { log, closed, server } = served(options, upgrades);
    expect(await asked(server.port)).toBe(expected);
    if (expected === 'closed') await closed;
    expect(log[0]).toEqual([true, true, DOUBT, DOUBT, false]);
    expect(log.slice(1)).toEqual(expected === 'pong' ? ['ping'] : []);
    server.stop(true);
  });

const ca = read('ca.pem');
const known = { key: read('localhost.key'), cert: read('localhost.pem') };
const OTHER = 'ERR_TLS_CERT_ALTNAME_INVALID';

test.each([
  ['nobody knows', own, true, DOUBT, false, true],
  ['nobody knows', own, { rejectUnauthorized: true }, DOUBT, false, true],
  ['nobody knows', own, { rejectUnauthorized: false }, DOUBT, false, false],
  ['nobody knows, with the right name', known, { rejectUnauthorized: true }, DOUBT, false, true],
  ['nobody knows, with the right name', known, { rejectUnauthorized: false }, DOUBT, true, false],
  ['is right', known, { ca }, undefined, true, false],
  ['is another’s', own, { ca }, OTHER, false, true],
  ['is another’s', own, { ca, rejectUnauthorized: false }, OTHER, false, false],
])('a server whose certificate %s', async (_, certificate, options, code, success, refuses) => {
  const server = tls.createServer(certificate, (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hands = Promise.withResolvers<unknown[]>();
  const closed = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: (server.address() as { port: number }).port,
    tls: options,
    socket: {
      data() {},
      error() {},
      handshake: (_, told, error: any) => hands.resolve([told, error?.code]),
      close: () => closed.resolve('closed'),
    },
  });
  expect(await hands.promise).toEqual([success, code]);
  expect([socket.authorized, (socket.getAuthorizationError() as any)?.code]).toEqual([code === undefined, code]);
  if (refuses) expect(await closed.promise).toBe('closed');
  else socket.end();
  server.close();
});

/** What a server hears of a client that it cannot shake hands with. */
async function refusing(upgrades: boolean, meet: (port: number) => net.Socket, hears = true) {
  const log: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const handshake = (socket: any, success: boolean, error: any) =>
    log.push([success, error.code, error.message, socket.readyState, socket.authorized]);
  const handlers = {
    open: (socket: any) => void log.push(['open', socket.readyState]),
    ...(hears ? { handshake } : {}),
    data: () => void log.push('data'),
    end: () => void log.push('end'),
    error: () => void log.push('error'),
    close(_: any, error: any) {
      log.push(['close', error?.code]);
      resolve();
    },
  };
  const upgrade = (raw: any) => void raw.upgradeTLS({ tls: own, socket: handlers, data: {} });
  const at = { hostname: '127.0.0.1', port: 0 };
  const server = upgrades
    ? Bun.listen({ ...at, socket: { open: upgrade, data() {}, error() {} } })
    : Bun.listen({ ...at, tls: own, socket: handlers });
  const client = meet(server.port);
  client.on('error', () => {});
  await promise;
  client.destroy();
  server.stop(true);
  return log;
}
const plain = (port: number, then: (client: net.Socket) => void) => {
  const client = net.connect(port, '127.0.0.1', () => then(client));
  client.resume();
  return client;
};
const opened = ['open', 1];
const closed = ['close', undefined];
const gone = [
  false,
  'ECONNRESET',
  'Client network socket disconnected before secure TLS connection was established',
  1,
  false,
];

for (const upgrades of [false, true]) {
  const where = upgrades ? 'upgradeTLS' : 'listen';
  test(`a client of ${where} that speaks no TLS`, async () => {
    const words = (client: net.Socket) => client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const failed = [false, 'EPROTO', 'error:1000009c:SSL routines:OPENSSL_internal:HTTP_REQUEST', 1, false];
    expect(await refusing(upgrades, (port) => plain(port, words))).toEqual([opened, failed, closed]);
    if (!upgrades) expect(await refusing(upgrades, (port) => plain(port, words), false)).toEqual([opened, closed]);
  });

  test(`a client of ${where} that goes away before the handshake has ended`, async () => {
    expect(await refusing(upgrades, (port) => plain(port, (client) => client.end()))).toEqual([opened, gone, closed]);
    const halfAHello = (client: net.Socket) => client.end(Buffer.from('160301', 'hex'));
    expect(await refusing(upgrades, (port) => plain(port, halfAHello))).toEqual([opened, gone, closed]);
    const trusting = (port: number) => tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: true });
    expect(await refusing(upgrades, trusting)).toEqual([opened, gone, closed]);
  });
}
