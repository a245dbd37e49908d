// What programs do to the objects of servers of `dx-compat/node/http`, beside Node's own: what is replaced, listened to at
// odd times and written where nobody expects it has to be heard all the same. Not in Bun, which has no such package.
import { describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { finished } from 'node:stream';
import { isDxCompat } from '../runtime';
import { type Handler, GET, both, follow, isFast, later, listening, ours, state, undated } from './http-exchange';

type Notes = { note: (text: string) => void; number: number };
type Odd = (request: any, response: any, notes: Notes) => unknown;

/** What a connection gives whose answers may be anything: the bytes, what was noted, and the states in the end. */
async function served(module: any, handler: Odd) {
  const notes: string[] = [];
  const exchanges: any[] = [];
  const fast: boolean[] = [];
  const server = await listening(module, (request: any, response: any) => {
    exchanges.push([request, response, request.socket]);
    fast.push(isFast(response));
    const number = exchanges.length;
    return handler(request, response, { number, note: (text) => notes.push(`${number} ${text}`) });
  });
  const client = net.connect(server.address().port, '127.0.0.1').on('error', () => {});
  let bytes = '';
  client.setEncoding('latin1').on('data', (text: any) => (bytes += text));
  for (let count = 1; count <= 3 && !client.closed; count++) {
    client.write(GET);
    // without a listener, which would be one more
    while (!client.closed && (exchanges.length < count || !exchanges[count - 1][1].destroyed)) await later();
    await later();
  }
  const states = exchanges.map((exchange) => state(...(exchange as [any, any, any])));
  exchanges[0][2].end();
  if (!client.closed) await once(client, 'close');
  await new Promise((resolve) => server.close(resolve));
  await later();
  return { report: { bytes: undated(bytes), notes, states }, fast };
}

/** The same of both, by way of what is tested but for the first request. */
async function alike(handler: Odd, fast: boolean[] | null = [false, true, true]) {
  const [theirs, mine] = [await served(http, handler), await served(ours, handler)];
  expect(mine.report).toEqual(theirs.report);
  expect(theirs.fast).not.toContain(true);
  if (fast) expect(mine.fast).toEqual(fast);
  return mine.report;
}

/** Does something when the head has been made. */
const hooked = (what: (response: any) => void, text: string, chunked = false): Odd => {
  return (_, response) => {
    const { writeHead } = response;
    if (chunked) response.setHeader('Transfer-Encoding', 'chunked');
    response.writeHead = function (...words: any[]) {
      response.writeHead = writeHead;
      writeHead.apply(this, words);
      try {
        what(this);
      } catch {
        // newer releases refuse information by then
      }
      return this;
    };
    response.end(text);
  };
};

const pieces: Record<string, Odd> = {
  'trailers of latin1': (_, response) => {
    response.setHeader('Trailer', 'x');
    response.addTrailers({ x: '\u00e9' });
    response.end('\u20ac');
  },
  'trailers of latin1 and ASCII': (_, response) => {
    response.writeHead(200, { Trailer: 'x' });
    response.addTrailers({ x: '\u00e9' });
    response.end('text');
  },
  'bytes written with the head': hooked((response) => response.write(Buffer.from([0xff, 0xfe])), 'text'),
  'hexadecimal written with the head': hooked((response) => response.write('6869', 'hex'), 'text'),
  'latin1 written with the head': hooked((response) => response.write('\u00fc', 'latin1'), '\u20ac'),
  'bytes written with the head, chunked': hooked((response) => response.write(Buffer.from([0xff])), '\u20ac', true),
  'latin1 written with the head, chunked': hooked((response) => response.write('\u00fc', 'latin1'), '\u20ac', true),
  'the same text written with the head': hooked((response) => response.write('text'), 'text'),
  'the same text written with the head, chunked': hooked((response) => response.write('text'), 'text', true),
  'information with the head': hooked((response) => response.writeProcessing(), '\u20ac'),
  'another response with the head': hooked((response) => new http.ServerResponse(response.req).end('zz'), '\u20ac'),
  'a head that is made otherwise': (_, response) => {
    const { _implicitHeader } = response;
    response._implicitHeader = function () {
      this.setHeader('X-Late', '\u00e9');
      _implicitHeader.call(this);
      this.write(Buffer.from([0xff]));
    };
    response.end('\u20ac');
  },
  'a head that is kept otherwise': (_, response) => {
    const { _storeHeader } = response;
    response._storeHeader = function (...words: any[]) {
      _storeHeader.apply(this, words);
      this.write(Buffer.from([0xff]));
    };
    response.end('\u20ac');
  },
  'a header that writes': (_, response) => {
    let did = false;
    const text = () => {
      if (!did) {
        did = true;
        response.write('\u00fc', 'latin1');
      }
      return 'value';
    };
    const header = { toString: () => (response.inEnd ? text() : 'value') };
    response.setHeader('X-Text', header);
    response.inEnd = true;
    try {
      response.end('\u20ac');
    } catch {
      response.destroy();
    }
  },
};

const replaced: Record<string, Odd> = {
  ...Object.fromEntries(
    ['emit', 'on', 'removeAllListeners', 'push', 'read', '_read', 'resume', '_dump', 'destroy', '_destroy'].map(
      (name): [string, Odd] => [
        `${name} of the request`,
        (request, response, { note }) => {
          const method = request[name];
          request[name] = function (...words: any[]) {
            note(`${name} ${typeof words[0] === 'string' ? words[0] : ''}`);
            return method.apply(this, words);
          };
          response.end('hi');
        },
      ],
    ),
  ),
  ...Object.fromEntries(
    ['emit', 'detachSocket', 'assignSocket', 'on', '_send', '_writeRaw', '_finish', 'end'].map(
      (name): [string, Odd] => [
        `${name} of the response`,
        (_, response, { note }) => {
          const method = response[name];
          response[name] = function (...words: any[]) {
            // Node sends in pieces what is sent at once here.
            note(`${name} ${name.startsWith('_') ? '' : String(words[0])}`);
            return method.apply(this, words);
          };
          response.end('hi');
        },
      ],
    ),
  ),
};

/** What a program does to a request that it has not touched before. */
const touches: Record<string, (request: any, note: (text: string) => void) => void> = {
  listens: (request, note) => follow(request, 'request', ['resume', 'end', 'close', 'error'], note),
  'wants data': (request, note) => {
    follow(request, 'request', ['end', 'close'], note);
    request.on('data', () => note('data'));
  },
  'wants to read': (request, note) => {
    follow(request, 'request', ['end', 'close'], note);
    request.on('readable', () => note(`readable ${request.read()}`));
  },
  reads: (request, note) => {
    note(`${request.read()} ${request.readableEnded}`);
    request.on('end', () => note('end'));
  },
  resumes: (request, note) => request.resume().on('end', () => note('end')),
  pauses: (request, note) => request.pause().on('end', () => note('end')),
  destroys: (request, note) => request.on('close', () => note('close')).destroy(),
  'has enough': (request, note) => finished(request, (error: any) => note(`finished ${error?.code}`)),
  'gives back': (request, note) => {
    follow(request, 'request', ['end', 'close', 'error'], note);
    request.unshift('more');
  },
  looks: (request, note) =>
    note(
      `${request.readableFlowing} ${request.isPaused()} ${request._dumped} ${request.complete} ${request.aborted} ${request.errored}`,
    ),
};

/** When it does. */
const moments: Record<string, (request: any, response: any, then: () => void) => void> = {
  'in a tick': (_, response, then) => {
    response.end('hi');
    process.nextTick(then);
  },
  ...Object.fromEntries(
    [2, 3, 4, 5, 6].map((count): [string, (request: any, response: any, then: () => void) => void] => [
      `after ${count} ticks`,
      (_, response, then) => {
        const wait = (left: number) => process.nextTick(left > 1 ? wait : then, left - 1);
        response.end('hi');
        wait(count);
      },
    ]),
  ),
  'in a microtask': (_, response, then) => {
    response.end('hi');
    queueMicrotask(then);
  },
  'when the response finishes': (_, response, then) => response.on('finish', then).end('hi'),
  'a tick after the response has finished': (_, response, then) =>
    response.on('finish', () => process.nextTick(then)).end('hi'),
  'two ticks after the response has finished': (_, response, then) =>
    response.on('finish', () => process.nextTick(() => process.nextTick(then))).end('hi'),
  'when the response closes': (_, response, then) => response.on('close', then).end('hi'),
  'a tick after the response has closed': (_, response, then) =>
    response.on('close', () => process.nextTick(then)).end('hi'),
  'when it is called back': (_, response, then) => response.end('hi', then),
  'a tick after it was called back': (_, response, then) => response.end('hi', () => process.nextTick(then)),
  'a tick before the response has closed': (_, response, then) => {
    response.end('hi');
    process.nextTick(() => response.on('close', () => process.nextTick(then)));
  },
};

/** A program of its own, for errors that nobody catches. */
const told = (file: string, program: string) =>
  spawnSync(
    process.execPath,
    [
      '-e',
      `const http = require(${JSON.stringify(file)}), net = require('node:net');
       process.on('uncaughtException', (error) => console.log('uncaught', error.code ?? error.message));
       const GET = 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n';
       const later = (then) => setTimeout(then, 5);
       ${program}`,
    ],
    { encoding: 'utf8', cwd: path.join(import.meta.dir, '../..') },
  );

describe.skipIf(!isDxCompat)('odd programs on servers of dx-compat/node/http', () => {
  test.each(Object.keys(pieces))('pieces: %s', (name) => alike(pieces[name]));

  test('a text and its head are one write', async () => {
    const handler: Odd = (request, response, { note }) => {
      const { _writev } = request.socket;
      request.socket._writev = function (...words: any[]) {
        note('several');
        return _writev.apply(this, words);
      };
      response.writeHead(200, { 'X-Name': '\u00e9' }).end('text');
    };
    const { report } = await served(ours, handler);
    expect(report.notes.filter((each) => !each.startsWith('1 '))).toEqual([]);
    expect((await served(http, handler)).report.bytes).toBe(report.bytes);
  });

  test.each(Object.keys(replaced))('replaced: %s', async (name) => {
    const { notes } = await alike(replaced[name]);
    expect(Array.isArray(notes)).toBe(true);
  });

  const prototypes: [string, any, string][] = [
    ['EventEmitter', EventEmitter.prototype, 'emit'],
    ['IncomingMessage', http.IncomingMessage.prototype, '_destroy'],
    ['IncomingMessage', http.IncomingMessage.prototype, '_dump'],
    ['ServerResponse', http.ServerResponse.prototype, 'detachSocket'],
    ['ServerResponse', http.ServerResponse.prototype, 'assignSocket'],
    ['ServerResponse', http.ServerResponse.prototype, 'writeHead'],
  ];
  test.each(prototypes)('%s.prototype replaced while it serves: %s', async (_, prototype, name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    const handler: Odd = (_request, response, { note, number }) => {
      if (number === 1)
        prototype[name] = function (this: any, ...words: any[]) {
          if (this instanceof http.IncomingMessage || this instanceof http.ServerResponse)
            note(`${this.constructor.name} ${name} ${typeof words[0] === 'string' ? words[0] : ''}`);
          return method.value.apply(this, words);
        };
      response.end('hi');
    };
    const watched = async (module: any) => {
      try {
        return await served(module, handler);
      } finally {
        Object.defineProperty(prototype, name, method);
      }
    };
    const [theirs, mine] = [await watched(http), await watched(ours)];
    expect(theirs.report.notes).not.toEqual([]);
    expect(mine.report).toEqual(theirs.report);
  });

  test.each(Object.keys(moments).flatMap((when) => Object.keys(touches).map((what) => [when, what])))(
    'a program that %s %s for the first time',
    (when, what) =>
      alike(
        (request, response, { note }) => moments[when](request, response, () => touches[what](request, note)),
        what === 'destroys' ? null : [false, true, true],
      ),
  );

  const subscribers: Record<string, Handler> = {
    ends: (_, response) => response.end('from the subscriber'),
    writes: (_, response) => response.write('from the subscriber'),
    destroys: (_, response) => response.destroy(),
    'waits for the socket': (_, response, note) => response.on('socket', () => note('socket')),
    'sets a timeout': (_, response, note) => response.setTimeout(5000, () => note('timeout')),
    'replaces end': (_, response) => {
      const { end } = response;
      response.end = (text: string) => end.call(response, `${text}!`);
    },
  };
  test.each(Object.keys(subscribers))('a subscriber of http.server.response.created that %s', async (name) => {
    await both(async (module) => {
      const created: string[] = [];
      const subscriber = ({ request, response }: any) =>
        subscribers[name](request, response, (text) => created.push(text));
      channel('http.server.response.created').subscribe(subscriber as any);
      try {
        const { report } = await served(module, (request, response, { note }) => {
          note(`${response.finished} ${response.headersSent} ${request.socket.timeout}`);
          if (!response.finished) response.end('hi');
        });
        return [report, created];
      } finally {
        channel('http.server.response.created').unsubscribe(subscriber as any);
      }
    });
  });

  test('a subscriber that comes while a request is served hears of the next one', async () => {
    const heard = await both(async (module) => {
      const notes: string[] = [];
      const take = ({ request }: any) => notes.push(`start ${request.url}`);
      const start = channel('http.server.request.start');
      const waiting: any[] = [];
      const server = await listening(module, (request: any, response: any) => {
        if (request.url === '/first') return response.end('hi');
        if (request.url === '/1') start.subscribe(take as any);
        waiting.push(response);
      });
      const socket = net.connect(server.address().port, '127.0.0.1');
      socket.write(GET.replace('/path', '/first'));
      await once(socket, 'data');
      socket.write(GET.replace('/path', '/1'));
      while (waiting.length < 1) await later();
      socket.write(GET.replace('/path', '/2'));
      while (waiting.length < 2) await later();
      for (const response of waiting) response.end('hi');
      socket.end();
      await new Promise((resolve) => server.close(resolve));
      start.unsubscribe(take as any);
      return notes;
    });
    expect(heard).toEqual(['start /2']);
  });

  test('finish emitted by hand', async () => {
    const emitted = (response: any, note: (text: string) => void) => {
      try {
        response.emit('finish');
        note('nothing');
      } catch (error: any) {
        note(error.code);
      }
    };
    const { notes } = await alike((_, response, { note }) => {
      response.end('hi');
      setImmediate(() => {
        emitted(response, note);
        setImmediate(emitted, response, note);
      });
    });
    expect(notes).toContain('3 ERR_INTERNAL_ASSERTION');
    await alike((_, response, { note }) => {
      emitted(response, note);
      note(`${response.socket} ${response.writableFinished}`);
      response.end('hi');
      response.destroy();
    });
  });

  test('the names of listeners', async () => {
    const { notes } = await alike((request, response, { note }) => {
      const named = (emitter: any, name: string) => emitter.listeners(name).map((each: any) => each.name);
      note(JSON.stringify([named(response, 'finish'), named(request.socket, 'timeout'), named(request, 'end')]));
      response.end('hi');
    });
    expect(notes[2]).toContain('resOnFinish');
  });

  test.each([0, 3000])('keepAliveTimeout of %d from now on, and a timer of the program', (time) =>
    alike(
      (request, response, { note, number }) => {
        note(`${request.socket.timeout}`);
        if (number === 2) request.socket.server.keepAliveTimeout = time;
        if (number === 2) request.socket.setTimeout(70_000);
        response.end('hi');
        setImmediate(() => note(`then ${request.socket.timeout}`));
      },
      [false, true, time !== 0],
    ),
  );

  test('a listener for close that throws leaves nothing open', () => {
    const program = `
      let count = 0;
      const server = http.createServer((request, response) => {
        if (++count > 1) process.nextTick(() => response.on('close', () => { throw new Error('close'); }));
        if (count > 2) response.on('close', () => { throw new Error('close, too'); });
        response.end('hi');
        later(() => console.log(count, request.destroyed, request.readableEnded, request.closed, response.closed));
      }).listen(0, '127.0.0.1', () => {
        const client = net.connect(server.address().port, '127.0.0.1');
        client.resume().write(GET);
        setTimeout(() => client.write(GET), 100);
        setTimeout(() => client.write(GET), 200);
        setTimeout(() => { client.destroy(); server.close(); }, 300);
      });`;
    const theirs = told('node:http', program);
    const mine = told('./lib/node/http.js', program);
    expect(theirs.stdout).toContain('3 true true true true');
    expect([mine.stdout, mine.stderr, mine.status]).toEqual([theirs.stdout, theirs.stderr, theirs.status]);
  });
});
