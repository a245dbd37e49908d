// What the tests of servers share: how they are asked, and what they and their objects say then.
import { expect } from 'bun:test';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
export const ours: any = isDxCompat ? require('dx-compat/node/http') : http;

export const GET = 'GET /path HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n';
export const later = () => new Promise((resolve) => setTimeout(resolve, 1));
/** Whether a request is served by what is tested. */
export const isFast = (response: any) => response._onPendingData.name !== 'bound updateOutgoingData';

/** What an exchange leaves behind. */
export function state(request: any, response: any, socket: any) {
  const say = (holder: any, names: string) =>
    names
      .split(' ')
      .map((name) => `${name}: ${name === '_header' ? undated(holder[name]) : holder[name]}`)
      .join(', ');
  return [
    say(request, 'readable readableEnded readableFlowing readableDidRead readableAborted readableLength'),
    say(request, 'destroyed closed complete aborted errored url method'),
    say(response, 'writable writableEnded writableFinished writableLength finished destroyed closed headersSent'),
    say(response, 'socket statusCode statusMessage shouldKeepAlive errored _header'),
    say(socket, 'destroyed timeout bytesRead bytesWritten writableLength _httpMessage _paused'),
    ...[request, response, socket].map((emitter) =>
      emitter
        .eventNames()
        .filter((name: string) => listenersOf(emitter, name) > 0)
        .map((name: string) => `${String(name)} ${listenersOf(emitter, name)}`)
        .join(', '),
    ),
  ];
}

/** But for the one that Node has for itself until a request that nobody listens to has ended. */
export const listenersOf = (emitter: any, event: string) =>
  emitter.listeners(event).filter(({ name }: { name: string }) => name !== 'clearIncoming').length;

export const undated = (text: unknown) => String(text).replace(/Date: [^\r]*/g, 'Date: now');

/** Reads answers one after the other. */
export class Client {
  text = '';
  closed = false;
  waiting: (() => void) | undefined;
  constructor(readonly socket: net.Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: any) => {
      this.text += text;
      this.waiting?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.waiting?.();
    });
  }
  async answer(bodiless: boolean): Promise<string> {
    for (;;) {
      const length = this.lengthOfAnswer(bodiless);
      if (length >= 0 || this.closed) {
        const answer = length >= 0 ? this.text.slice(0, length) : this.text;
        this.text = this.text.slice(answer.length);
        return undated(answer);
      }
      await new Promise<void>((resolve) => (this.waiting = resolve));
    }
  }
  lengthOfAnswer(bodiless: boolean): number {
    const end = this.text.indexOf('\r\n\r\n');
    if (end < 0) return -1;
    const head = this.text.slice(0, end);
    const length = /Content-Length: (\d+)/i.exec(head);
    if (bodiless || / (204|304) /.test(head.slice(0, 14))) return end + 4;
    if (length) return this.text.length >= end + 4 + Number(length[1]) ? end + 4 + Number(length[1]) : -1;
    const last = /\r\n0\r\n(.+\r\n)*\r\n/.exec(this.text.slice(end + 2));
    return /chunked/i.test(head) && last ? end + 2 + last.index + last[0].length : -1;
  }
}

export type Handler = (request: any, response: any, note: (text: string) => void) => unknown;
export type Scenario = { handler: Handler; requests?: string[]; prepare?: (server: any) => void; fast?: boolean };

/** What a server gives on one connection, request after request. */
export async function story(module: any, { handler, requests = [GET, GET, GET], prepare }: Scenario) {
  const notes: string[] = [];
  const exchanges: any[] = [];
  const fast: boolean[] = [];
  const sockets = new Set<any>();
  const server = module.createServer((request: any, response: any) => {
    const { socket } = request;
    exchanges.push([request, response, socket]);
    sockets.add(socket);
    fast.push(isFast(response));
    return handler(request, response, (text) => notes.push(`${exchanges.length} ${text}`));
  });
  prepare?.(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect(server.address().port, '127.0.0.1');
  const client = new Client(socket);
  const answers: string[] = [];
  const states: any[] = [];
  for (const request of requests) {
    if (client.closed) break;
    socket.write(request);
    // several requests may be in one
    for (const head of request.match(/(GET|HEAD|POST|OPTIONS) \S+ HTTP/g) ?? ['GET'])
      answers.push(await client.answer(head.startsWith('HEAD')));
    await later();
    await later();
    states.push(...exchanges.splice(0, exchanges.length).map((exchange) => state(...(exchange as [any, any, any]))));
  }
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  for (const each of sockets) if (!each.closed) await once(each, 'close');
  await later();
  return { report: { notes, answers, states }, fast };
}

export const follow = (emitter: any, name: string, events: string[], note: (text: string) => void) => {
  for (const event of events) emitter.on(event, () => note(`${name} ${event}`));
};
export const followAll: Handler = (request, response, note) => {
  follow(request, 'request', ['end', 'close', 'aborted', 'error'], note);
  request.signal?.addEventListener('abort', () => note('request signal')); // since Node 24
  follow(response, 'response', ['prefinish', 'finish', 'close', 'error', 'drain'], note);
};

/** The same of both. @param what gives what can be compared */
export async function both(what: (module: any) => Promise<unknown>) {
  const [theirs, mine] = [await what(http), await what(ours)];
  expect(mine).toEqual(theirs);
  return mine as any;
}

export async function listening(module: any, handler: any, options = {}) {
  const server = module.createServer(options, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A connection whose first request has been answered. */
export async function connected(server: any, handshake = (port: number): net.Socket => net.connect(port, '127.0.0.1')) {
  const socket = handshake(server.address().port);
  const client = new Client(socket);
  socket.write(GET.replace('/path', '/first'));
  await client.answer(false);
  await later();
  return { socket, client };
}
