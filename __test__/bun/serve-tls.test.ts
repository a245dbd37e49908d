import { afterEach, describe, expect, test } from 'bun:test';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { isDxCompat } from '../runtime';
import { GET, talk } from '../web/raw-http';

const file = (name: string) => path.join(import.meta.dir, 'fixtures/tls', name);
const read = (name: string) => readFileSync(file(name), 'utf8');
const ca = read('ca.pem');
const key = read('localhost.key');
const cert = read('localhost.pem');

const servers: any[] = [];
/** A server that ends with its test. */
function serve(options: any): any {
  const server = Bun.serve({ port: 0, development: false, fetch: () => new Response('hi'), ...options });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

const upgrade = (request: Request, server: any) => (server.upgrade(request) ? undefined : new Response('hi'));

/** A TLS client's request: the certificate that the server showed, what was agreed on, the answer. */
function ask(
  server: any,
  options: any = {},
  text = GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
): Promise<any> {
  return new Promise((resolve) => {
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', ca, servername: 'localhost', ...options });
    let answer = '';
    let name = '';
    let protocol: unknown;
    socket.on('secureConnect', () => {
      name = socket.getPeerCertificate().subject?.CN as string;
      protocol = socket.getProtocol();
      socket.write(text);
    });
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', (error: any) => resolve({ error: error.code ?? error.message }));
    socket.on('close', () => resolve({ name, protocol, answer }));
  });
}

const failure = (work: () => any): unknown[] => {
  try {
    servers.push(work());
    return [];
  } catch (error: any) {
    return [error.name, error.code, error.message];
  }
};

describe('keys and certificates', () => {
  const forms: Record<string, any> = {
    strings: { key, cert },
    buffers: { key: Buffer.from(key), cert: new TextEncoder().encode(cert) },
    'array buffers': { key: new TextEncoder().encode(key).buffer, cert: new TextEncoder().encode(cert).buffer },
    files: { key: Bun.file(file('localhost.key')), cert: Bun.file(file('localhost.pem')) },
    paths: { keyFile: file('localhost.key'), certFile: file('localhost.pem') },
    arrays: { key: [key], cert: [Buffer.from(cert)] },
    'an array of options': [{ key, cert }],
  };
  for (const [name, given] of Object.entries(forms)) {
    test(name, async () => {
      const server = serve({ tls: given });
      expect(server.url.href).toBe(`https://localhost:${server.port}/`);
      expect(server.protocol).toBe('https');
      const response = await fetch(server.url, { tls: { ca } } as any);
      expect([response.status, await response.text()]).toEqual([200, 'hi']);
    });
  }

  test.each([
    ['a file', () => Bun.file(file('ca.pem'))],
    ['files', () => [Bun.file(file('ca.pem'))]],
    ['a buffer', () => Buffer.from(ca)],
    ['an array buffer', () => new TextEncoder().encode(ca).buffer],
  ])('fetch and WebSocket take %s', async (_, given) => {
    const server = serve({ tls: { key, cert }, websocket: { message() {} }, fetch: upgrade });
    expect(await (await fetch(server.url, { tls: { ca: given() } } as any)).text()).toBe('hi');
    const socket = new WebSocket(server.url.href.replace('https', 'wss'), { tls: { ca: given() } } as any);
    const { promise, resolve, reject } = Promise.withResolvers();
    socket.onopen = resolve;
    socket.onerror = reject;
    await promise;
    socket.close();
  });

  for (const name of ['other.pkcs8.key', 'other.legacy.key']) {
    test(`encrypted, ${name}`, async () => {
      const server = serve({ tls: { key: read(name), cert: read('other.pem'), passphrase: 'secret' } });
      expect((await ask(server, { servername: 'other.test' })).name).toBe('other.test');
      expect(
        failure(() => serve({ tls: { key: read(name), cert: read('other.pem'), passphrase: 'wrong' } })).slice(0, 2),
      ).toEqual(['Error', 'ERR_OSSL_BAD_DECRYPT']);
    });
  }

  test('the URL of a request says https; the peer is known', async () => {
    const server = serve({
      tls: { key, cert },
      fetch: (request: Request, it: any) => new Response(`${request.url} ${it.requestIP(request).address}`),
    });
    const text = await (await fetch(server.url, { tls: { ca } } as any)).text();
    expect(text).toMatch(/^https:\/\/localhost:\d+\/ (127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
  });

  test('no TLS', () => {
    for (const given of [undefined, null, false, {}, [], { key: [], cert: [] }]) {
      expect(serve({ tls: given }).protocol).toBe('http');
    }
  });

  test('what is wrong is thrown', () => {
    const type = 'string, ArrayBuffer, or Blob';
    const list = 'string, ArrayBuffer, Blob, array of <string, ArrayBuffer, or Blob>, or null';
    const invalid = (message: string) => ['TypeError', 'ERR_INVALID_ARG_TYPE', message];
    const start = ['Error', 'ERR_OSSL_PEM_NO_START_LINE', 'error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE'];
    const cases: [any, unknown[]][] = [
      [true, invalid('TLSOptions must be an object')],
      ['x', invalid('TLSOptions must be an object')],
      [{ key: 'x', cert }, start],
      [{ key, cert: 'x' }, start],
      [{ key: '', cert }, start],
      [{ key: 5, cert }, invalid(`TLSOptions.key must be of type ${list}`)],
      [{ key: {}, cert }, invalid(`TLSOptions.key must be of type ${list}`)],
      [{ key: [{ pem: key }], cert }, invalid(`element of TLSOptions.key must be of type ${type}`)],
      [{ key, cert, ca: 5 }, invalid(`TLSOptions.ca must be of type ${list}`)],
      [{ key, cert, ca: 'x' }, ['Error', undefined, 'Failed to create HTTP server']],
      [{ key, cert, passphrase: 5 }, invalid('TLSOptions.passphrase must be a string')],
      [{ key, cert, serverName: 5 }, invalid('TLSOptions.serverName must be a string')],
      [{ key, cert, requestCert: 5 }, invalid('TLSOptions.requestCert must be a boolean')],
      [{ key, cert, rejectUnauthorized: 'x' }, invalid('TLSOptions.rejectUnauthorized must be a boolean')],
      [
        { key, cert, ALPNProtocols: 5 },
        invalid('TLSOptions.ALPNProtocols must be of type string, ArrayBuffer, or null'),
      ],
      [{ key, cert, secureOptions: 'x' }, invalid('TLSOptions.secureOptions must be a number')],
      [{ key, cert, dhParamsFile: '/nowhere' }, invalid('Unable to access dhParamsFile path')],
      [{ keyFile: '/nowhere', certFile: file('localhost.pem') }, invalid('Unable to access keyFile path')],
      [
        { key, cert, ciphers: 'NOPE' },
        ['Error', 'ERR_SSL_NO_CIPHER_MATCH', 'error:100000b1:SSL routines:OPENSSL_internal:NO_CIPHER_MATCH'],
      ],
      [
        { key: read('other.key'), cert },
        [
          'Error',
          'ERR_OSSL_X509_KEY_TYPE_MISMATCH',
          'error:0b000073:X.509 certificate routines:OPENSSL_internal:KEY_TYPE_MISMATCH',
        ],
      ],
      [
        { key: read('client.key'), cert: read('other.pem') },
        [
          'Error',
          'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
          'error:0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH',
        ],
      ],
      [
        [
          { key, cert },
          { key, cert },
        ],
        invalid('SNI tls object must have a serverName'),
      ],
      [[{ key, cert, serverName: 'x' }, 5], invalid('TLSOptions must be an object')],
    ];
    for (const [given, expected] of cases) expect(failure(() => serve({ tls: given }))).toEqual(expected);
    expect(failure(() => serve({ tls: { key: Bun.file(file('nothing')), cert } })).slice(0, 2)).toEqual([
      'Error',
      'ENOENT',
    ]);
    expect(failure(() => serve({ tls: { key, cert }, http1: false }))).toEqual(
      invalid('Cannot disable http1 without enabling http2 or http3'),
    );
    expect(failure(() => serve({ http3: true }))).toEqual(invalid("HTTP/3 requires 'tls' to be set"));
  });
});

describe('server names', () => {
  test('choose the certificate; the first is for all others', async () => {
    const server = serve({
      tls: [
        { key, cert, serverName: 'localhost' },
        { key: read('other.key'), cert: read('other.pem'), serverName: 'other.test' },
        { key: read('other.key'), cert: read('other.pem'), serverName: '*.wild.test' },
      ],
    });
    const name = async (servername: string) => (await ask(server, { servername, rejectUnauthorized: false })).name;
    expect(await name('localhost')).toBe('localhost');
    expect(await name('other.test')).toBe('other.test');
    expect(await name('a.wild.test')).toBe('other.test');
    expect(await name('unknown.test')).toBe('localhost');
    expect(await name('')).toBe('localhost');
  });
});

describe('certificates of clients', () => {
  const client = { key: read('client.key'), cert: read('client.pem') };
  const self = { key, cert };

  test('are asked for with requestCert, and checked against ca', async () => {
    const server = serve({ tls: { ...self, requestCert: true, ca } });
    expect((await ask(server, client)).answer).toContain('hi');
    const refused = await ask(server);
    expect(refused.answer ?? '').not.toContain('hi');
    expect((await ask(server, client)).answer).toContain('hi');
  });

  test('are not needed with rejectUnauthorized: false, nor with ca alone', async () => {
    for (const options of [{ requestCert: true, rejectUnauthorized: false }, { ca }]) {
      const server = serve({ tls: { ...self, ...options } });
      expect((await ask(server)).answer).toContain('hi');
      expect((await ask(server, client)).answer).toContain('hi');
    }
  });

  test('of an unknown authority are refused', async () => {
    const server = serve({ tls: { ...self, requestCert: true } });
    expect((await ask(server, client)).answer ?? '').not.toContain('hi');
  });
});

describe('handshakes', () => {
  test('TLS 1.2 and 1.3, not 1.1', async () => {
    const server = serve({ tls: { key, cert } });
    expect((await ask(server, { maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    expect((await ask(server)).protocol).toBe('TLSv1.3');
    expect((await ask(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).error).toBeString();
  });

  test('plain text, garbage and half a handshake harm nobody', async () => {
    const server = serve({ tls: { key, cert }, idleTimeout: 1 });
    for (const text of [GET, '\0'.repeat(100), '\x16\x03\x01\xff\xff', '\x16\x03\x01\x00\x05\x01\x00']) {
      expect(await talk(server.port, [text, 20], null, { halfClose: true })).not.toContain('HTTP/1.1 200');
    }
    const idle = net.connect({ port: server.port, host: '127.0.0.1' });
    await once(idle, 'connect');
    expect((await ask(server)).answer).toContain('hi');
    idle.destroy();
    expect((await ask(server)).answer).toContain('hi');
  });

  test.skipIf(process.platform !== 'linux')('of bad clients leave no socket behind', async () => {
    const server = serve({ tls: { key, cert } });
    expect((await ask(server)).answer).toContain('hi');
    const sockets = () => {
      let count = 0;
      for (const descriptor of readdirSync('/proc/self/fd')) {
        try {
          if (readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:')) count++;
        } catch {
          // the directory's own, closed meanwhile
        }
      }
      return count;
    };
    const before = sockets();
    for (let round = 0; round < 5; round++) {
      const bad = [GET, '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', ''].map(
        (text) =>
          new Promise((resolve) => {
            const socket = net.connect({ port: server.port, host: '127.0.0.1' }, () => {
              socket.write(text);
              socket.end();
              socket.resume();
            });
            socket.on('error', () => {});
            socket.on('close', resolve);
          }),
      );
      await Promise.all([...bad, ask(server, { ca: [] })]);
    }
    for (let tries = 0; sockets() > before && tries < 500; tries++) await Bun.sleep(10);
    expect(sockets()).toBeLessThanOrEqual(before);
    expect((await ask(server)).answer).toContain('hi');
  });

  test('a client that does not trust the certificate', async () => {
    const server = serve({ tls: { key, cert } });
    expect((await ask(server, { ca: [] })).error).toBeString();
    let error: any;
    await fetch(server.url, { tls: { ca: read('client.pem') } } as any).catch((reason) => (error = reason));
    expect(error).toBeInstanceOf(Error);
    expect(await (await fetch(server.url, { tls: { rejectUnauthorized: false } } as any)).text()).toBe('hi');
  });
});

describe('what goes over it', () => {
  test('large bodies both ways, and streams', async () => {
    const server = serve({
      tls: { key, cert },
      async fetch(request: Request) {
        if (new URL(request.url).pathname === '/stream') return new Response(request.body);
        return new Response(await request.arrayBuffer());
      },
    });
    const body = Buffer.alloc(3_000_000, 'abcdefg');
    for (const name of ['', 'stream']) {
      const response = await fetch(server.url + name, { method: 'POST', body, tls: { ca } } as any);
      expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0);
    }
  });

  test('pipelined requests', async () => {
    const server = serve({
      tls: { key, cert },
      fetch: (request: Request) => new Response(new URL(request.url).pathname),
    });
    const text = Array.from({ length: 10 }, (_, at) => `GET /n${at} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
    const { answer } = await ask(server, {}, `${text}GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer.match(/\/(n\d|last)/g)).toEqual([...Array.from({ length: 10 }, (_, at) => `/n${at}`), '/last']);
  });

  test('WebSockets', async () => {
    const server = serve({
      tls: { key, cert },
      fetch: (request: Request, it: any) => (it.upgrade(request) ? undefined : new Response('no')),
      websocket: { message: (ws: any, message: any) => ws.send(`echo ${message}`) },
    });
    const key64 = Buffer.alloc(16, 1).toString('base64');
    const head = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key64}\r\n\r\n`;
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', ca, servername: 'localhost' });
    await once(socket, 'secureConnect');
    socket.write(head);
    socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    let answer = '';
    for await (const data of socket) {
      answer += data.toString('latin1');
      if (answer.includes('echo hi')) break;
    }
    expect(answer).toStartWith('HTTP/1.1 101');
    socket.destroy();
  });
});

describe('what is chosen of TLS', () => {
  const BOTH = [{ maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }] as const;
  /** What a client agrees on: a cipher and a version, or nothing. */
  async function agreed(server: any, options: tls.ConnectionOptions): Promise<string> {
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    try {
      await once(socket, 'secureConnect');
      return `${socket.getCipher().name} ${socket.getProtocol()}`;
    } catch {
      return 'nothing';
    } finally {
      socket.destroy();
    }
  }
  const AES128 = 'ECDHE-RSA-AES128-GCM-SHA256';
  const AES256 = 'ECDHE-RSA-AES256-GCM-SHA384';
  const CHACHA = 'ECDHE-RSA-CHACHA20-POLY1305';

  test.each([
    [AES128, AES128],
    [AES256, AES256],
    [CHACHA, CHACHA],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', AES256],
    [`NOPE:${AES256}`, AES256],
    [`TLS_AES_256_GCM_SHA384:${AES128}`, AES128],
    ['ALL:!AES128:!CHACHA20', AES256],
    ['ALL:!AESGCM', CHACHA],
  ])('ciphers: %s', async (ciphers, chosen) => {
    const server = serve({ tls: { key, cert, ciphers } });
    const [second, third] = await Promise.all(BOTH.map((options) => agreed(server, options)));
    expect(second).toBe(`${chosen} TLSv1.2`);
    expect(third).toEndWith(' TLSv1.3');
    expect(await agreed(server, { ...BOTH[0], ciphers: [AES128, AES256].find((each) => each !== chosen) })).toBe(
      'nothing',
    );
  });

  test('no ciphers, and none that is known', async () => {
    const server = serve({ tls: { key, cert, ciphers: '' } });
    expect(await agreed(server, BOTH[0])).toBe('nothing');
    expect(await agreed(server, BOTH[1])).toEndWith(' TLSv1.3');
    for (const ciphers of ['NOPE', 'TLS_AES_256_GCM_SHA384'])
      expect(failure(() => serve({ tls: { key, cert, ciphers } }))[1]).toBe('ERR_SSL_NO_CIPHER_MATCH');
  });

  test('secureOptions', async () => {
    const { SSL_OP_NO_TLSv1_2: no2, SSL_OP_NO_TLSv1_3: no3, SSL_OP_NO_TICKET, SSL_OP_ALL } = constants;
    const versions = async (secureOptions: number) => {
      const server = serve({ tls: { key, cert, secureOptions } });
      const found = await Promise.all(BOTH.map((options) => agreed(server, options)));
      return found.map((each) => each.split(' ').at(-1));
    };
    expect(await versions(0)).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(await versions(no2)).toEqual(['nothing', 'TLSv1.3']);
    expect(await versions(no3)).toEqual(['TLSv1.2', 'nothing']);
    expect(await versions(no2 | no3)).toEqual(['nothing', 'nothing']);
    expect(await versions(SSL_OP_NO_TICKET)).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(await versions(SSL_OP_ALL)).toEqual(['TLSv1.2', 'TLSv1.3']);
    for (const [given, must] of [
      [1.5, 'an integer'],
      [-1, 'in the range [0, 4294967295]'],
      [2 ** 40, 'in the range [0, 4294967295]'],
    ] as const) {
      expect(failure(() => serve({ tls: { key, cert, secureOptions: given } }))).toEqual([
        'RangeError',
        'ERR_OUT_OF_RANGE',
        `TLSOptions.secureOptions must be ${must} (received ${given})`,
      ]);
    }
    expect(failure(() => serve({ tls: { key, cert, secureOptions: null } }))[1]).toBe('ERR_INVALID_ARG_TYPE');
  });

  // rustls has no ciphers without forward secrecy: what cannot be had is not ignored.
  test.skipIf(!isDxCompat)('ciphers that are not there', () => {
    expect(failure(() => serve({ tls: { key, cert, ciphers: 'AES128-SHA' } }))[1]).toBe('ERR_OPTION_UNSUPPORTED');
  });
});
