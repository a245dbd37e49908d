/** Fixed routes, asked for again and again with the same bytes: the answers are those of the first time. */
import { afterEach, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { talk } from '../web/raw-http';

const servers: any[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(true))));

function serve(options: any): any {
  const server = Bun.serve({ port: 0, development: false, ...options });
  servers.push(server);
  return server;
}

const request = (path: string, { method = 'GET', lines = [] as string[] } = {}) =>
  [`${method} ${path} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n');
const CLOSE = { lines: ['Connection: close'] };

interface Answer {
  status: number;
  head: string;
  body: string;
}

/** The answers in a text; `bodiless` are the numbers of those to HEAD. */
function answers(text: string, bodiless: number[] = []): Answer[] {
  const list: Answer[] = [];
  while (text !== '') {
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`no head: ${JSON.stringify(text)}`);
    const head = text.slice(0, end);
    const none = bodiless.includes(list.length) || / 304 /.test(head);
    const length = none ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    list.push({ status: Number(head.slice(9, 12)), head, body: text.slice(end + 4, end + 4 + length) });
    text = text.slice(end + 4 + length);
  }
  return list;
}

const dateless = (head: string) =>
  head
    .split('\r\n')
    .filter((line) => !/^(date|connection):/i.test(line))
    .sort();

/** Sends each as soon as the answer to the one before is there. */
async function inTurn(server: any, requests: string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  const rest = [...requests];
  return new Promise((resolve, reject) => {
    const next = () => socket.write(rest.shift() as string);
    socket.on('connect', next);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      // The bodies of these tests end with a full stop, a head alone with its empty line.
      if (rest.length > 0 && /\.$|\r\n\r\n$/.test(text)) next();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

const routes = {
  '/a': new Response('first.'),
  '/b': new Response('second.', { status: 201, headers: { 'x-b': 'c' } }),
  '/made': (req: Request) => new Response(`made for ${new URL(req.url).search}.`),
};

test('the same request many times on a connection', async () => {
  const server = serve({ routes, fetch: () => new Response('none.') });
  const list = answers(await inTurn(server, [...Array(8).fill(request('/a')), request('/a', CLOSE)]));
  expect(list).toHaveLength(9);
  for (const { status, head, body } of list) {
    expect([status, body]).toEqual([200, 'first.']);
    expect(dateless(head)).toEqual(dateless(list[0].head));
    const date = Date.parse(/date: (.*)/i.exec(head)?.[1] ?? '');
    expect(Math.abs(Date.now() - date)).toBeLessThan(120_000);
  }
});

test('with other requests in between, in order', async () => {
  const server = serve({ routes, fetch: () => new Response('none.') });
  const paths = ['/a', '/made?1', '/b', '/a', '/nowhere', '/b', '/made?2', '/a', '/b', '/b', '/a'];
  const expected = paths.map((path) =>
    path === '/a' ? 'first.' : path === '/b' ? 'second.' : path === '/nowhere' ? 'none.' : `made for ${path.slice(5)}.`,
  );
  const turns = [...paths, ...paths, ...paths].map((path) => request(path));
  const list = answers(await inTurn(server, [...turns, request('/b', CLOSE)]));
  expect(list.map(({ body }) => body)).toEqual([...expected, ...expected, ...expected, 'second.']);
  expect(list.at(-1)?.head).toContain('201');
});

test('many at once, in order', async () => {
  const server = serve({ routes, fetch: () => new Response('none.') });
  // What is known is known by the second time that it came alone.
  await inTurn(server, [...Array(4).fill(request('/a')), ...Array(4).fill(request('/b')), request('/a', CLOSE)]);
  const some = ['/a', '/a', '/b', '/made?x', '/a', '/b', '/nowhere', '/a'];
  const text = [...some, ...some].map((path) => request(path)).join('') + request('/a', CLOSE);
  const list = answers(await talk(server.port, text));
  const expected = ['first.', 'first.', 'second.', 'made for ?x.', 'first.', 'second.', 'none.', 'first.'];
  expect(list.map(({ body }) => body)).toEqual([...expected, ...expected, 'first.']);
});

test('what a client says of the connection holds each time', async () => {
  const server = serve({ routes, fetch: () => new Response('none.') });
  for (let time = 0; time < 4; time++) {
    // These end with the connection: without its end there would be no end of the test.
    const [answer] = answers(await talk(server.port, request('/a', CLOSE)));
    expect(answer.body).toBe('first.');
    expect(await talk(server.port, 'GET /a HTTP/1.0\r\nHost: x\r\n\r\n')).toEndWith('first.');
  }
});

describe('methods and conditions', () => {
  test('HEAD', async () => {
    const server = serve({ routes, fetch: () => new Response('none.') });
    const head = request('/a', { method: 'HEAD' });
    const text = await inTurn(server, [head, request('/a'), head, head, request('/a'), head, request('/a', CLOSE)]);
    const list = answers(text, [0, 2, 3, 5]);
    expect(list.map(({ body }) => body)).toEqual(['', 'first.', '', '', 'first.', '', 'first.']);
    for (const { head: fields } of list) expect(fields).toMatch(/content-length: 6/i);
  });

  test('If-None-Match', async () => {
    const server = serve({ routes, fetch: () => new Response('none.') });
    const etag = (await fetch(new URL('/a', server.url))).headers.get('etag');
    expect(etag).toBeTruthy();
    const same = request('/a', { lines: [`If-None-Match: ${etag}`] });
    const other = request('/a', { lines: ['If-None-Match: "no"'] });
    const list = answers(await inTurn(server, [same, same, other, same, same, other, other, request('/a', CLOSE)]));
    expect(list.map(({ status }) => status)).toEqual([304, 304, 200, 304, 304, 200, 200, 200]);
  });
});

test('new routes hold at once', async () => {
  const server = serve({ routes, fetch: () => new Response('none.') });
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  let complete = (_: string) => {};
  socket.on('data', (data) => {
    text += data.toString('latin1');
    if (text.endsWith('.')) complete(answers(text)[0].body);
  });
  const answer = () =>
    new Promise<string>((resolve) => {
      text = '';
      complete = resolve;
      socket.write(request('/a'));
    });
  for (let time = 0; time < 4; time++) expect(await answer()).toBe('first.');
  server.reload({ routes: { '/a': new Response('another.') }, fetch: () => new Response('none.') });
  for (let time = 0; time < 4; time++) expect(await answer()).toBe('another.');
  server.reload({ routes: { '/b': new Response('b.') }, fetch: () => new Response('none.') });
  for (let time = 0; time < 4; time++) expect(await answer()).toBe('none.');
  socket.destroy();
});

test('a request that comes in pieces, and one that breaks the rules', async () => {
  const server = serve({ routes, fetch: () => new Response('none.') });
  const known = request('/a');
  const text = await inTurn(server, [known, known, known, known, 'GET /a HTTP/1.1\r\nHost : x\r\n\r\n']);
  const list = answers(text.replace(/content-length: (?!6)\d+/i, 'x: '));
  expect(list.slice(0, 4).map(({ body }) => body)).toEqual(Array(4).fill('first.'));
  expect(list[4].status).toBe(400);
  const pieces = await talk(server.port, [known + known.slice(0, 9), 20, known.slice(9) + request('/b', CLOSE)]);
  expect(answers(pieces).map(({ body }) => body)).toEqual(['first.', 'first.', 'second.']);
});
