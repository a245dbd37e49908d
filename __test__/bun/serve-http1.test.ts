import { afterAll, describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { talk } from '../web/raw-http';

/** What RFC 9112 says to refuse, and what must not be refused; sent by hand, as no client would. */

const seen: string[] = [];
const server = Bun.serve({
  port: 0,
  development: false,
  async fetch(request: Request) {
    const body = await request.text();
    seen.push(`${request.method} ${request.url} ${body}`);
    return new Response(`<${request.method} ${request.url.replace('http://x', '')} ${body}>`);
  },
  error: () => new Response('failed', { status: 500 }),
});
afterAll(() => server.stop(true));

const post = (fields: string, body = '') => `POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\n${body}`;
const get = (fields: string) => `GET / HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;
/** A request that would be answered if the bytes before it were read otherwise. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const chunked = (body: string) => post('Transfer-Encoding: chunked\r\n', body);

/** Case, and what comes back first: a status. */
const refused: Record<string, string> = {
  'a length and a coding': post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'a coding and a length': post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
  'two lengths': post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello'),
  'a list of lengths': post('Content-Length: 5, 5\r\n', 'hello'),
  'a signed length': post('Content-Length: +5\r\n', 'hello'),
  'a negative length': post('Content-Length: -5\r\n', 'hello'),
  'a hexadecimal length': post('Content-Length: 0x5\r\n', 'hello'),
  'an empty length': post('Content-Length:\r\n', ''),
  'a length with a space in it': post('Content-Length: 5 5\r\n', 'hello'),
  'a length over 64 bits': post('Content-Length: 99999999999999999999\r\n', 'hello'),
  'another coding': post('Transfer-Encoding: gzip\r\n', '0\r\n\r\n'),
  'two codings': post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
  'chunked not last': post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'),
  'chunked twice': post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'),
  'a second coding field': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n'),
  'nearly chunked': post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
  'chunked in HTTP/1.0': 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a bare LF after a field': get('A: b\nC: d\r\n'),
  'a bare LF at the end of the head': 'GET / HTTP/1.1\r\nHost: x\r\n\n',
  'a folded field': get('A: b\r\n c\r\n'),
  'a folded first field': 'GET / HTTP/1.1\r\n Host: x\r\n\r\n',
  'a space before the colon': get('A : b\r\n'),
  'a space before the colon of a length': post('Content-Length : 5\r\n', 'hello'),
  'a field without colon': get('Abc\r\n'),
  'a field without name': get(': b\r\n'),
  'a parenthesis in a name': get('A(b: c\r\n'),
  'NUL in a value': get('A: b\0c\r\n'),
  'CR in a value': get('A: b\rc\r\n'),
  'a control character in a value': get('A: b\x01c\r\n'),
  'NUL in a name': get('A\0: c\r\n'),
  'no Host': 'GET / HTTP/1.1\r\n\r\n',
  'LF in a chunk extension': chunked('5;a\nb\r\nhello\r\n0\r\n\r\n'),
  'CR in a chunk extension': chunked('5;a\rb\r\nhello\r\n0\r\n\r\n'),
  'bare LF after a chunk size': chunked('5\nhello\n0\n\n'),
  'a chunk size that is no number': chunked('xyz\r\nhello\r\n0\r\n\r\n'),
  'a chunk size with a prefix': chunked('0x5\r\nhello\r\n0\r\n\r\n'),
  'a negative chunk size': chunked('-5\r\nhello\r\n0\r\n\r\n'),
  'a chunk size over 64 bits': chunked('fffffffffffffffff\r\nhello\r\n0\r\n\r\n'),
  'a space after a chunk size': chunked('5 \r\nhello\r\n0\r\n\r\n'),
  'a chunk longer than its size': chunked('5\r\nhelloXX0\r\n\r\n'),
  'a space before the method': ' GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'two spaces before the target': 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n',
  'another scheme': 'GET httpz://x/ HTTP/1.1\r\nHost: x\r\n\r\n',
  'a target that is no path': 'GET x HTTP/1.1\r\nHost: x\r\n\r\n',
  'an asterisk for GET': 'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
  'a method that is no token': 'G@T / HTTP/1.1\r\nHost: x\r\n\r\n',
  'bytes of a TLS client': '\x16\x03\x01\x00\x05\x01\x00\r\n\r\n',
};

describe('refused with 400', () => {
  for (const [name, text] of Object.entries(refused)) {
    test(name, async () => {
      seen.length = 0;
      const answer = await talk(server.port, [text, SMUGGLED]);
      expect(answer).toStartWith('HTTP/1.1 400');
      expect(seen.filter((line) => line.includes('smuggled'))).toEqual([]);
    });
  }
});

/** Bun says 505 to what ends a line of a request wrongly, too. */
describe('refused with 400 or 505', () => {
  const cases: Record<string, string> = {
    'bare LFs': 'GET / HTTP/1.1\nHost: x\n\n',
    'a space in the target': 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n',
    'a tab in the target': 'GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n',
    'NUL in the target': 'GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n',
    'a space after the version': 'GET / HTTP/1.1 \r\nHost: x\r\n\r\n',
    'no version': 'GET /\r\nHost: x\r\n\r\n',
    'another version': 'GET / HTTP/1.2\r\nHost: x\r\n\r\n',
    'a version in lower case': 'GET / http/1.1\r\nHost: x\r\n\r\n',
  };
  for (const [name, text] of Object.entries(cases)) {
    test(name, async () => {
      expect(await talk(server.port, [text, SMUGGLED])).toMatch(/^HTTP\/1.1 (400|505)/);
    });
  }
});

describe('oversized lines are refused with 431', () => {
  const long = 'a'.repeat(20_000);
  for (const [name, text] of Object.entries({
    target: `GET /${long} HTTP/1.1\r\nHost: x\r\n\r\n`,
    value: get(`A: ${long}\r\n`),
    name: get(`${long}: b\r\n`),
    endless: `GET /${long.repeat(5)}`,
  })) {
    test(name, async () => {
      expect(await talk(server.port, text)).toStartWith('HTTP/1.1 431');
    });
  }
});

describe('not refused', () => {
  const cases: Record<string, [string, string]> = {
    'spaces around a length': [post('Content-Length: \t5 \r\n', 'hello'), '<POST / hello>'],
    'a repeated length': [post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), '<POST / hello>'],
    'a coding in capitals': [post('TRANSFER-ENCODING: CHUNKED\r\n', '5\r\nhello\r\n0\r\n\r\n'), '<POST / hello>'],
    'a chunk extension': [chunked('5;a=b;c\r\nhello\r\n0\r\n\r\n'), '<POST / hello>'],
    'a GET with a body': [get('Content-Length: 2\r\n') + 'ab' + post('Content-Length: 0\r\n'), '<POST / >'],
    'an absolute URI: its path, the host of the field': [
      'GET http://other:81/p?q HTTP/1.1\r\nHost: x\r\n\r\n',
      '<GET /p?q >',
    ],
    'a target as browsers send it': [
      'GET /a"b<c>d?e"f<g>h HTTP/1.1\r\nHost: x\r\n\r\n',
      '<GET /a%22b%3Cc%3Ed?e%22f%3Cg%3Eh >',
    ],
    'bytes above ASCII in a value': [get('A: \xff\r\n'), '<GET / >'],
    'HTTP/1.0 without Host': ['GET / HTTP/1.0\r\n\r\n', '<GET / >'],
  };
  for (const [name, [text, answer]] of Object.entries(cases)) {
    test(name, async () => {
      expect(await talk(server.port, text, answer)).toContain(answer);
    });
  }

  test('heads in single bytes, and in pieces that end in the middle of a line', async () => {
    const text = post('Content-Length: 5\r\nA: b\r\n', 'hello') + get('');
    for (const size of [1, 3, 20]) {
      const pieces: (string | number)[] = [];
      for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size), 1);
      const answer = await talk(server.port, pieces, '<GET / >');
      expect(answer).toContain('<POST / hello>');
      expect(answer).toContain('<GET / >');
    }
  });

  test('requests with bodies, all sent at once, are answered in order', async () => {
    const requests = Array.from({ length: 20 }, (_, at) =>
      at % 3 === 0
        ? `GET /${at} HTTP/1.1\r\nHost: x\r\n\r\n`
        : at % 3 === 1
          ? `POST /${at} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n\r\n${at % 10}`
          : `PUT /${at} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n${at % 10}\r\n0\r\n\r\n`,
    );
    const answer = await talk(server.port, requests.join(''), '/19 ');
    expect([...answer.matchAll(/<\w+ \/(\d+)/g)].map((match) => Number(match[1]))).toEqual(
      Array.from({ length: 20 }, (_, at) => at),
    );
  });

  test('what precedes the bad request is answered', async () => {
    const answer = await talk(
      server.port,
      `${get('')}${post('Content-Length: 2\r\n', 'ab')}GET / HTTP/1.1\nHost: x\n\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200[^]*<GET \/ >HTTP\/1.1 200[^]*<POST \/ ab>HTTP\/1.1 (400|505)/);
  });
});

// Bun takes these; RFC 9112 lets a server refuse the second and tells it to refuse the others.
describe.skipIf(!isDxCompat)('refused by this server alone', () => {
  for (const [name, text] of Object.entries({
    'two hosts': 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n',
    'DEL in a value': get('A: b\x7fc\r\n'),
    'a host with a user': 'GET / HTTP/1.1\r\nHost: a@b\r\n\r\n',
    'a host with a space': 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
    'a host with a path': 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n',
  })) {
    test(name, async () => {
      expect(await talk(server.port, text)).toStartWith('HTTP/1.1 400');
    });
  }
});

// Bun answers and then refuses the next request: it has no trailers.
test.skipIf(!isDxCompat)('trailers are read over, and checked', async () => {
  const request = (trailer: string) => chunked(`5\r\nhello\r\n0\r\n${trailer}\r\n`) + get('');
  expect(await talk(server.port, request('A: b\r\n'), '<GET / >')).toContain('<POST / hello>');
  expect(await talk(server.port, request('A b\r\n'))).toStartWith('HTTP/1.1 400');
});

test('a method that is no method of HTTP, an asterisk, an authority: no crash', async () => {
  for (const text of [
    'FOO / HTTP/1.1\r\nHost: x\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT a:80 HTTP/1.1\r\nHost: x\r\n\r\n',
  ]) {
    await talk(server.port, [text, 50], /HTTP/);
  }
  expect(await (await fetch(server.url)).text()).toStartWith('<GET http');
});

test('what follows a request for an upgrade that was not granted is looked at, too', async () => {
  const upgrade = get('Upgrade: websocket\r\nConnection: Upgrade\r\n');
  expect(await talk(server.port, upgrade + get(''), /<GET[^]*<GET/)).toMatch(/<GET[^]*<GET/);
  const bad = post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n');
  expect(await talk(server.port, upgrade + bad + SMUGGLED)).toMatch(/^HTTP\/1.1 200[^]*HTTP\/1.1 400/);
});
