/** Certificates that do not hold, on both sides of `Bun.listen`, `Bun.connect` and `upgradeTLS`. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
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
