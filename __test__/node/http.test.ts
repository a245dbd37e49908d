// Servers of `dx-compat/node/http` beside Node's own: the same handlers, clients and questions give the same bytes, the
// same events in the same order and the same state. Not in Bun, which has no such package.
import { describe, expect, test } from 'bun:test';
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { Readable, finished, pipeline } from 'node:stream';
import tls from 'node:tls';
import { inspect } from 'node:util';
import { isDxCompat } from '../runtime';
import {
  type Scenario,
  GET,
  both,
  connected,
  follow,
  followAll,
  isFast,
  later,
  listening,
  ours,
  story,
} from './http-exchange';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));

/** All that a program may ask of the kind of its objects. */
const kindOf = (object: any) => [
  object.constructor,
  object instanceof http.IncomingMessage,
  object instanceof http.ServerResponse,
  String(object),
];

const scenarios: Record<string, Scenario> = {
  text: { handler: (_, response) => response.end('hi'), fast: true },
  'text that is not ASCII': { handler: (_, response) => response.end('žluťoučký'), fast: true },
  latin1: { handler: (_, response) => response.end('é', 'latin1'), fast: true },
  hexadecimal: { handler: (_, response) => response.end('616263', 'hex'), fast: true },
  bytes: { handler: (_, response) => response.end(Buffer.from('bytes')), fast: true },
  'an array of bytes': { handler: (_, response) => response.end(new Uint8Array([104, 105])), fast: true },
  nothing: { handler: (_, response) => response.end(), fast: true },
  'an empty text': { handler: (_, response) => response.end(''), fast: true },
  'what the head says': {
    handler: (request, response) =>
      response.end(
        JSON.stringify([request.method, request.url, request.httpVersion, request.headers, request.rawHeaders]),
      ),
    fast: true,
  },
  'a callback of end': { handler: (_, response, note) => response.end('hi', () => note('called')), fast: true },
  'writeHead and end': {
    handler: (_, response) => response.writeHead(201, 'Made', { 'X-One': '1', 'x-two': ['a', 'b'] }).end('made'),
    fast: true,
  },
  setHeader: {
    handler: (_, response) => {
      response.statusCode = 404;
      response.setHeader('Content-Type', 'text/plain');
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.end('not here');
    },
    fast: true,
  },
  'chunks and end': {
    handler: (_, response) => {
      response.write('one');
      response.write(Buffer.from('two'));
      response.end('three');
    },
    fast: true,
  },
  'chunks, trailers': {
    handler: (_, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('one');
      response.addTrailers({ 'X-Sum': '1' });
      response.end();
    },
    fast: true,
  },
  HEAD: { handler: (_, response) => response.end('hi'), requests: [GET, GET.replace('GET', 'HEAD'), GET], fast: true },
  'no content': { handler: (_, response) => response.writeHead(204).end(), fast: true },
  'not modified': { handler: (_, response) => response.writeHead(304).end('passed over'), fast: true },
  'events of both': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      request.on('data', () => note('data'));
      response.end('hi');
      note('returned');
    },
    fast: true,
  },
  'events of the response': {
    handler: (_, response, note) => {
      follow(response, 'response', ['prefinish', 'finish', 'close'], note);
      response.end('hi', () => note('called'));
      process.nextTick(() => note('tick'));
      setImmediate(() => note('immediate'));
      void Promise.resolve().then(() => note('microtask'));
    },
    fast: true,
  },
  'listeners after the answer': {
    handler: (request, response, note) => {
      response.end('hi');
      followAll(request, response, note);
    },
    fast: true,
  },
  'listeners in the next tick': {
    handler: (request, response, note) => {
      response.end('hi');
      process.nextTick(() => request.on('end', () => note('end')).resume());
    },
    fast: true,
  },
  'listeners when it is finished': {
    handler: (request, response, note) => {
      response.on('close', () => note('response close'));
      response.on('finish', () => {
        note(`finish ${response.socket} ${request.complete}`);
        request.on('end', () => note('end'));
        request.on('close', () => note('close'));
      });
      response.end('hi');
    },
    fast: true,
  },
  'listeners when it is closed': {
    handler: (request, response, note) => {
      response.on('close', () => {
        note('response close');
        follow(request, 'request', ['end', 'close'], note);
      });
      response.end('hi');
    },
    fast: true,
  },
  'stream.finished': {
    handler: (request, response, note) => {
      finished(request, (error) => note(`request finished ${error}`));
      finished(response, (error) => note(`response finished ${error}`));
      response.end('hi');
    },
    fast: true,
  },
  pipeline: {
    handler: (request, response, note) => {
      followAll(request, response, note);
      pipeline(Readable.from(['one', 'two']), response, (error) => note(`done ${error}`));
    },
    fast: true,
  },
  'the request piped into the response': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      request.pipe(response);
    },
    fast: true,
  },
  'an answer when the request ends': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      request.resume().on('end', () => response.end('hi'));
    },
    fast: true,
  },
  'the request iterated': {
    handler: async (request, response, note) => {
      for await (const chunk of request) note(`chunk ${chunk}`);
      response.end('hi');
    },
    fast: true,
  },
  'the request read at once': {
    handler: (request, response, note) => {
      note(`${request.read()} ${request.readableEnded}`);
      followAll(request, response, note);
      response.end('hi');
    },
    fast: true,
  },
  'the request resumed after the answer': {
    handler: (request, response) => {
      response.end('hi');
      request.resume();
    },
    fast: true,
  },
  'the request destroyed after the answer': {
    handler: (request, response, note) => {
      if (request.url === '/keep') return response.end('hi');
      followAll(request, response, note);
      response.end('hi');
      request.destroy();
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'an answer after a microtask': {
    handler: async (request, response, note) => {
      followAll(request, response, note);
      await null;
      response.end('hi');
    },
    fast: true,
  },
  'an answer after a tick': {
    handler: (_, response) => process.nextTick(() => response.end('hi')),
    fast: true,
  },
  'an answer later': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      follow(response, 'response', ['socket'], note);
      setImmediate(() => {
        note(`${request.socket.timeout} ${response.listenerCount('finish')}`);
        response.end('hi');
      });
    },
    fast: true,
  },
  'half of it later': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      response.write('one');
      setTimeout(() => response.end('two'), 1);
    },
    fast: true,
  },
  'the head first': {
    handler: (_, response) => {
      response.flushHeaders();
      setTimeout(() => response.end('hi'), 1);
    },
    fast: true,
  },
  'a large answer': { handler: (_, response) => response.end(Buffer.alloc(1_500_000, 'x')), fast: true },
  'a large text in pieces': {
    handler: (request, response, note) => {
      follow(response, 'response', ['drain', 'finish', 'close'], note);
      note(String(response.write('x'.repeat(1_000_000))));
      note(String(response.write('y'.repeat(1_000_000))));
      response.end();
    },
    fast: true,
  },
  'a response that is not kept alive': {
    handler: (_, response, note) => {
      follow(response, 'response', ['finish', 'close'], note);
      if (!String(_.url).endsWith('keep')) response.shouldKeepAlive = false;
      response.end('hi');
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'a header that closes': {
    handler: (request, response) => {
      if (request.url !== '/keep') response.setHeader('Connection', 'close');
      response.end('hi');
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'not kept alive and late': {
    handler: (request, response) => {
      response.shouldKeepAlive = request.url === '/keep';
      setImmediate(() => response.end('hi'));
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'a timeout of its own': {
    handler: (request, response, note) => {
      note(`before ${request.socket.timeout} ${Object.is(request.socket.timeout, 0)}`);
      request.socket.setTimeout(6000);
      note(`${request.socket.timeout}`);
      setImmediate(() => {
        note(`then ${request.socket.timeout}`);
        response.end('hi');
      });
    },
    fast: true,
  },
  'no timeout of its own': {
    handler: (request, response, note) => {
      request.setTimeout(0);
      note(`${Object.is(request.socket.timeout, 0)}`);
      response.end('hi');
    },
    fast: true,
  },
  'a short timeout of its own': {
    handler: (request, response, note) => {
      response.setTimeout(20, () => {
        note('timeout');
        response.end('late');
      });
    },
    fast: true,
  },
  'another time for idle connections': {
    handler: (request, response) => {
      request.socket.server.keepAliveTimeout = 3000;
      response.end('hi');
    },
    requests: [GET, GET, GET, GET],
  },
  'no time for idle connections': {
    handler: (_, response) => response.end('hi'),
    prepare: (server) => (server.keepAliveTimeout = 0),
    fast: false,
  },
  'a timeout of the server': {
    handler: (_, response) => response.end('hi'),
    prepare: (server) => server.setTimeout(5000),
    fast: false,
  },
  'a listener of the socket': {
    handler: (request, response, note) => {
      request.socket.once('close', () => note('socket close'));
      response.on('close', () => note('response close'));
      response.end('hi');
    },
    fast: true,
  },
  'a listener of the socket from before': {
    handler: (request, response, note) => {
      if (request.url === '/keep') {
        request.socket.once('close', () => note('socket close'));
        return response.end('hi');
      }
      response.on('close', () => note('response close'));
      request.socket.once('close', () => note('socket close again'));
      setImmediate(() => request.socket.destroy());
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'no listener of the socket any more, and a second request': {
    handler: (request, response, note) => {
      response.on('close', () => note('response close'));
      if (request.url === '/path') request.socket.removeAllListeners('close');
      setImmediate(() => response.end('hi'));
    },
    requests: [GET.replace('/path', '/keep'), GET + GET.replace('/path', '/keep')],
    fast: true,
  },
  'a listener of the socket, the answer never': {
    handler: (request, response, note) => {
      if (request.url === '/keep') return response.end('hi');
      followAll(request, response, note);
      request.socket.once('close', () => note('socket close'));
      setImmediate(() => request.socket.destroy());
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'the response destroyed': {
    handler: (request, response, note) => {
      if (request.url === '/keep') return response.end('hi');
      followAll(request, response, note);
      response.destroy();
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'the socket destroyed after the answer': {
    handler: (request, response, note) => {
      if (request.url === '/keep') return response.end('hi');
      followAll(request, response, note);
      response.end('hi');
      request.socket.destroy();
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'written to the socket': {
    handler: (request, response) => {
      response.detachSocket(request.socket);
      request.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    },
    requests: [GET],
  },
  detached: {
    handler: (request, response) => {
      if (request.url === '/keep') return response.end('hi');
      response.detachSocket(request.socket);
      request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'other prototypes': {
    handler: (request, response) => {
      Object.setPrototypeOf(request, Object.create(http.IncomingMessage.prototype));
      Object.setPrototypeOf(response, Object.create(http.ServerResponse.prototype));
      response.setHeader('X-Powered-By', 'somebody');
      response.end(request.headers.host);
    },
    fast: true,
  },
  'methods of the response replaced': {
    handler: (request, response, note) => {
      const { end, on, writeHead } = response;
      response.on = function (event: string, listener: any) {
        note(`on ${event}`);
        return on.call(this, event, listener);
      };
      response.end = function (...words: any[]) {
        note('end');
        return end.apply(this, words);
      };
      response.writeHead = function (...words: any[]) {
        this.setHeader('X-Late', '1');
        return writeHead.apply(this, words);
      };
      response.on('finish', () => note('finish'));
      if (request.url === '/late') setImmediate(() => response.end('late'));
      else response.end('hi');
    },
    requests: [GET, GET, GET.replace('/path', '/late'), GET],
    fast: true,
  },
  kinds: {
    handler: (request, response, note) => {
      note(String([...kindOf(request), ...kindOf(response)]));
      note(Object.keys(response).join());
      note(Object.keys(request).join());
      note(inspect(response, { depth: 0 }).slice(0, 40));
      response.end('hi');
    },
    fast: true,
  },
  'writeHead with a length': {
    handler: (_, response) => response.writeHead(200, { 'Content-Length': 2 }).end('hi'),
    fast: true,
  },
  ...Object.fromEntries(
    ['ascii', 'text \u010d', 'latin \u00e9', ''].flatMap((text) =>
      [undefined, 'utf8', 'latin1', 'ascii'].flatMap((encoding) => [
        [
          `a head and "${text}" as ${encoding}`,
          {
            handler: (_: any, response: any) => response.setHeader('X-Name', '\u00e9').end(text, encoding),
            requests: [GET, GET, GET.replace('GET', 'HEAD')],
            fast: true,
          },
        ],
        [
          `a written head and "${text}" as ${encoding}`,
          {
            handler: (_: any, response: any, note: any) =>
              response.writeHead(200, { 'X-Name': '\u00e9' }).end(text, encoding, () => note('called')),
            requests: [GET, GET, GET.replace('GET', 'HEAD')],
            fast: true,
          },
        ],
      ]),
    ),
  ),
  'a written head and trailers': {
    handler: (_, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.addTrailers({ 'X-Sum': '1' });
      response.end('text');
    },
    fast: true,
  },
  'a wrong length': {
    handler: (request, response, note) => {
      if (request.url === '/keep') return response.end('hi');
      response.strictContentLength = true;
      response.setHeader('Content-Length', 3);
      try {
        response.end('hi');
      } catch (error: any) {
        note(error.code);
        setImmediate(() => request.socket.destroy());
      }
    },
    requests: [GET.replace('/path', '/keep'), GET],
    fast: true,
  },
  'a header that is none': {
    handler: (_, response, note) => {
      try {
        response.writeHead(200, { 'X-Bad': 'a\nb' });
      } catch (error: any) {
        note(error.code);
      }
      response.end('hi');
    },
    fast: true,
  },
  'no body that ends': {
    handler: (_, response, note) => {
      for (const chunk of [1, {}, Symbol.iterator]) {
        try {
          response.end(chunk);
        } catch (error: any) {
          note(error.code);
        }
      }
      response.end('hi');
    },
    fast: true,
  },
  'an end after the end': {
    handler: (_, response, note) => {
      response.on('error', (error: any) => note(error.code));
      response.end('hi');
      response.end('again', (error: any) => note(`again ${error?.code}`));
      response.end(() => note('once more'));
      response.write('more', (error: any) => note(`more ${error?.code}`));
    },
    fast: true,
  },
  corked: {
    handler: (_, response) => {
      response.cork();
      response.end('hi');
    },
    fast: true,
  },
  'corked chunks': {
    handler: (_, response) => {
      response.cork();
      response.write('a');
      response.write('b');
      response.uncork();
      response.end('hi');
    },
    fast: true,
  },
  'a listener taken away': {
    handler: (_, response, note) => {
      const finish = () => note('finish');
      response.on('finish', finish);
      response.off('finish', finish);
      response.end('hi');
    },
    fast: true,
  },
  pipelined: {
    handler: (request, response, note) => {
      followAll(request, response, note);
      response.end(request.url);
    },
    requests: [GET, [1, 2, 3].map((at) => GET.replace('path', `${at}`)).join(''), GET],
    fast: true,
  },
  'pipelined, the first late': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      if (request.url === '/1') setTimeout(() => response.end('late'), 5);
      else response.end(request.url);
    },
    requests: [GET, [1, 2, 3].map((at) => GET.replace('path', `${at}`)).join(''), GET],
    fast: true,
  },
  'pipelined, without listeners': {
    handler: (request, response) => response.end(request.url),
    requests: [GET, [1, 2, 3].map((at) => GET.replace('path', `${at}`)).join(''), GET, GET],
    fast: true,
  },
  'a head in pieces': {
    handler: (_, response) => response.end('hi'),
    requests: [GET, GET.slice(0, 30), GET.slice(30), GET].slice(0, 1),
  },
  'a body': {
    handler: (request, response) => {
      let body = '';
      request.on('data', (chunk: any) => (body += chunk));
      request.on('end', () => response.end(body));
    },
    requests: [GET, GET.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 4\r\n\r\nbody'), GET],
  },
  'a body that nobody reads': {
    handler: (_, response) => response.end('hi'),
    requests: [
      GET,
      GET.replace('GET', 'POST').replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'),
      GET,
    ],
  },
  'no host': {
    handler: (_, response) => response.end('hi'),
    requests: [GET, GET.replace('Host', 'Hose'), GET],
  },
  'HTTP/1.0': {
    handler: (_, response) => response.end('hi'),
    requests: [GET, GET.replace('1.1', '1.0').replace('Accept: */*', 'Connection: keep-alive'), GET],
  },
  'the last one': {
    handler: (_, response) => response.end('hi'),
    requests: [GET, GET.replace('Accept: */*', 'Connection: close')],
  },
  'not HTTP after a request': {
    handler: (request, response, note) => {
      followAll(request, response, note);
      response.end('hi');
    },
    prepare: (server) => server.on('clientError', (_: Error, socket: net.Socket) => socket.destroy()),
    requests: [GET, `${GET}nonsense\r\n\r\n`],
    fast: true,
  },
  'so many on a connection': {
    handler: (_, response) => response.end('hi'),
    prepare: (server) => (server.maxRequestsPerSocket = 2),
    fast: false,
  },
  'an expectation': {
    handler: (_, response) => response.end('hi'),
    prepare: (server) =>
      server.on('checkExpectation', (_: unknown, response: any) => response.writeHead(417).end('no')),
    requests: [GET, GET.replace('Accept: */*', 'Expect: much'), GET],
  },
  'no upgrade': {
    handler: (_, response) => response.end('hi'),
    requests: [GET, GET.replace('Accept: */*', 'Connection: upgrade\r\nUpgrade: something'), GET],
  },
};

const pair: [string, any][] = [
  ["Node's", http],
  ['ours', ours],
];

describe.skipIf(!isDxCompat)('servers of dx-compat/node/http', () => {
  test.each(Object.keys(scenarios))('%s', async (name) => {
    const scenario = scenarios[name];
    const [theirs, mine] = [await story(http, scenario), await story(ours, scenario)];
    expect(mine.report).toEqual(theirs.report);
    expect(theirs.fast).not.toContain(true);
    if (scenario.fast !== undefined) expect(mine.fast.includes(true)).toBe(scenario.fast);
  });

  test.each([
    ['while it waits', GET],
    ['while it sends', GET.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 10\r\n\r\nhalf')],
    ['with another one waiting', GET + GET],
  ])('a client that goes away %s', async (_, request) => {
    await both(async (module) => {
      const notes: string[] = [];
      const closed = Promise.withResolvers<void>();
      let count = 0;
      const server = await listening(module, (request: any, response: any) => {
        if (request.url === '/first') return response.end('hi');
        const name = `${++count}`;
        followAll(request, response, (text) => notes.push(`${name} ${text}`));
        request.on('aborted', () =>
          notes.push(`${name} ${request.destroyed} ${response.destroyed} ${response.closed}`),
        );
        request.on('error', (error: any) => notes.push(`${name} ${error.code} ${error.message}`));
        request.socket.on('close', () => setImmediate(closed.resolve));
        if (request.method === 'POST') request.resume();
        request.once('data', () => socket.destroy());
        if (request.method === 'GET') setImmediate(() => socket.destroy());
      });
      const { socket } = await connected(server);
      socket.write(request);
      await closed.promise;
      await later();
      await new Promise((resolve) => server.close(resolve));
      return notes;
    });
  });

  test('a handler that throws', async () => {
    await both(async (module) => {
      const errors: string[] = [];
      const take = (error: Error) => errors.push(error.message);
      const server = await listening(module, (request: any, response: any) => {
        if (request.url === '/first') return response.end('hi');
        // what an error handler of a framework does
        response.on('close', () => errors.push('closed'));
        try {
          throw new Error('no');
        } catch (error: any) {
          take(error);
          response.writeHead(500).end(error.message);
        }
      });
      const { socket, client } = await connected(server);
      socket.write(GET);
      errors.push(await client.answer(false));
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      return errors;
    });
  });

  test('the context of a request', async () => {
    const seen = await both(async (module) => {
      const storage = new AsyncLocalStorage<string>();
      const notes: unknown[] = [];
      const server = await listening(module, (request: any, response: any) => {
        notes.push(storage.getStore());
        storage.run(request.url, () => {
          response.on('finish', () => notes.push(`finish ${storage.getStore()}`));
          response.on('close', () => notes.push(`close ${storage.getStore()}`));
          request.on('close', () => notes.push(`request close ${storage.getStore()}`));
          if (request.url === '/late') setImmediate(() => response.end(String(storage.getStore())));
          else response.end(String(storage.getStore()));
        });
      });
      const { socket, client } = await connected(server);
      for (const url of ['/one', '/late', '/two']) {
        socket.write(GET.replace('/path', url));
        notes.push((await client.answer(false)).slice(-4));
        await later();
      }
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      return notes;
    });
    expect(seen).toContain('late');
  });

  test('the channels of diagnostics_channel', async () => {
    const seen = await both(async (module) => {
      const notes: string[] = [];
      const server = await listening(module, (request: any, response: any) => {
        notes.push(request.url);
        if (request.url === '/late') setImmediate(() => response.end('hi'));
        else response.end('hi');
      });
      const { socket, client } = await connected(server);
      const names = ['http.server.request.start', 'http.server.response.created', 'http.server.response.finish'];
      const ask = async (url: string) => {
        socket.write(GET.replace('/path', url));
        await client.answer(false);
        await later();
      };
      const take = (message: any, name: any) =>
        notes.push(
          `${name} ${message.request.url} ${message.response.socket === message.socket} ${Object.keys(message)}`,
        );
      await ask('/before');
      channel(names[2]).subscribe(take);
      await ask('/finish');
      await ask('/late');
      for (const name of names.slice(0, 2)) channel(name).subscribe(take);
      await ask('/all');
      for (const name of names) channel(name).unsubscribe(take);
      await ask('/after');
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      return notes;
    });
    expect(seen.length).toBeGreaterThan(8);
  });

  test('an answer that takes longer than a connection may be idle', async () => {
    const [theirs, mine] = await Promise.all(
      [http, ours].map(async (module) => {
        const notes: unknown[] = [];
        const server = await listening(module, (request: any, response: any) => {
          notes.push(request.socket.timeout);
          if (request.url !== '/late') return response.end('hi');
          setTimeout(() => response.end('late'), 2500);
        });
        server.keepAliveTimeout = 1000; // and a second more, which is Node's
        const { socket, client } = await connected(server);
        for (const url of ['/one', '/late', '/two']) {
          socket.write(GET.replace('/path', url));
          notes.push((await client.answer(false)).slice(-4), client.closed);
        }
        // and after it the connection is idle
        await once(socket, 'close');
        await new Promise((resolve) => server.close(resolve));
        return notes;
      }),
    );
    expect(mine).toEqual(theirs);
  }, 30_000);

  test('servers that are closed while they serve', async () => {
    await both(async (module) => {
      const notes: unknown[] = [];
      const server: any = await listening(module, (request: any, response: any) => {
        if (request.url === '/first') return response.end('hi');
        server.close(() => notes.push('closed'));
        server.closeIdleConnections();
        setImmediate(() => response.end('late'));
      });
      const { socket, client } = await connected(server);
      socket.write(GET);
      notes.push(await client.answer(false));
      await later();
      const closed = once(server, 'close');
      socket.destroy();
      await closed;
      await later();
      return notes;
    });
    await both(async (module) => {
      const notes: unknown[] = [];
      const server: any = await listening(module, (request: any, response: any) => {
        if (request.url === '/first') return response.end('hi');
        followAll(request, response, (text) => notes.push(text));
        setImmediate(() => server.closeAllConnections());
      });
      const { socket } = await connected(server);
      socket.write(GET);
      await once(socket, 'close');
      await later();
      await new Promise((resolve) => server.close(resolve));
      return notes;
    });
  });

  test('an upgrade on a connection that has served', async () => {
    await both(async (module) => {
      const notes: unknown[] = [];
      const server: any = await listening(module, (request: any, response: any) => response.end(request.url));
      server.on('upgrade', (request: any, socket: any, head: Buffer) => {
        notes.push(request.url, String(head), socket.listenerCount('close'), socket.listenerCount('data'));
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        socket.on('data', (chunk: Buffer) => socket.end(`echo ${chunk}`));
      });
      const { socket, client } = await connected(server);
      socket.write(GET);
      notes.push(await client.answer(false));
      socket.write(`${GET.replace('Accept: */*', 'Connection: upgrade\r\nUpgrade: echo')}head`);
      while (!client.text.endsWith('\r\n\r\n')) await once(socket, 'data');
      socket.write('hello');
      await once(socket, 'close');
      notes.push(client.text);
      await new Promise((resolve) => server.close(resolve));
      return notes;
    });
  });

  test('https', async () => {
    const read = (name: string) => fs.readFileSync(path.join(import.meta.dir, '../bun/fixtures/tls', name));
    const options = { key: read('localhost.key'), cert: read('localhost.pem') };
    const connect = (port: number) => tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    const [theirs, mine] = await Promise.all(
      [https, isDxCompat ? require('dx-compat/node/https') : https].map(async (module) => {
        const notes: unknown[] = [];
        const fast: boolean[] = [];
        const server = await listening(
          module,
          (request: any, response: any) => {
            fast.push(isFast(response));
            followAll(request, response, (text) => notes.push(text));
            if (request.url === '/late') setImmediate(() => response.end('late'));
            else response.end(`${request.socket.encrypted} ${request.url}`);
          },
          options,
        );
        const { socket, client } = await connected(server, connect);
        for (const url of ['/one', '/late', '/two']) {
          socket.write(GET.replace('/path', url));
          notes.push(await client.answer(false));
          await later();
        }
        socket.destroy();
        await new Promise((resolve) => server.close(resolve));
        return { notes, fast };
      }),
    );
    expect(mine.notes).toEqual(theirs.notes);
    expect(theirs.fast).toEqual([false, false, false, false]);
    expect(mine.fast).toEqual([false, true, true, true]);
  });

  test('what a server says of itself', async () => {
    await both(async (module) => {
      const server = await listening(module, () => {}, { keepAliveTimeout: 1234 });
      const facts = [
        server.constructor === http.Server,
        Object.keys(server),
        server.eventNames().map((name: string) => [name, server.listeners(name).map((listener: any) => listener.name)]),
        server.keepAliveTimeout,
        server.listening,
      ];
      await new Promise((resolve) => server.close(resolve));
      return facts;
    });
    await both(async (module) => {
      try {
        module.createServer({ maxHeaderSize: 'much' });
      } catch (error: any) {
        return [error.code, error.message];
      }
      return undefined;
    });
  });

  test.each(pair)("a program's own listener for connections: %s", async (_, module) => {
    const server = module.createServer((_request: any, response: any) => response.end('hi'));
    const [listener] = server.listeners('connection');
    server.removeListener('connection', listener);
    expect(server.listenerCount('connection')).toBe(0);
    const plain = net.createServer((socket) => listener.call(server, socket));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { socket, client } = await connected(plain);
    socket.write(GET);
    expect(await client.answer(false)).toEndWith('hi');
    socket.destroy();
    await new Promise((resolve) => plain.close(resolve));
  });
});
