/**
 * The cases of h2spec 2.6 (github.com/summerwind/h2spec), by its sections, over a socket: what a server of HTTP/2 has to
 * answer to frames that are right, and to those that are not. As there, a connection error is a GOAWAY with the code or
 * the end of the connection, and a stream error is one, too, or a RST_STREAM.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import net from 'node:net';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] =
  Array.from({ length: 10 }, (_, type) => type);
const [ACK, END_STREAM, END_HEADERS, PADDED, WITH_PRIORITY] = [1, 1, 4, 8, 32];
const WHOLE = END_STREAM | END_HEADERS;
const [PROTOCOL, FLOW_CONTROL, STREAM_CLOSED, FRAME_SIZE, REFUSED, CANCEL, COMPRESSION] = [1, 3, 5, 6, 7, 8, 9];
const LARGEST = 16384;

const int = (value: number, bytes = 4) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer.toString('latin1');
};
const frame = (type: number, flags: number, stream: number, payload = '') =>
  int(payload.length, 3) + int(type, 1) + int(flags, 1) + int(stream) + payload;

/** A literal field without indexing. */
const field = (name: string, value: string) =>
  `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`;
const common = (method = 'GET') => [
  field(':method', method),
  field(':scheme', 'http'),
  field(':path', '/'),
  field(':authority', 'localhost'),
];
const get = common().join('');
const post = common('POST').join('');
const dummy = field('x-dummy', 'x'.repeat(100));

const headers = (flags = WHOLE, block = get, stream = 1) => frame(HEADERS, flags, stream, block);
const data = (flags = END_STREAM, payload = 'test', stream = 1) => frame(DATA, flags, stream, payload);
const more = (flags = END_HEADERS, block = dummy, stream = 1) => frame(CONTINUATION, flags, stream, block);
const weight = (dependency = 0, value = 255) => int(dependency) + int(value, 1);
const priority = (stream = 1, payload = weight()) => frame(PRIORITY, 0, stream, payload);
const reset = (stream = 1, code = CANCEL) => frame(RST_STREAM, 0, stream, int(code));
const settings = (...pairs: [number, number][]) =>
  frame(SETTINGS, 0, 0, pairs.map(([id, value]) => int(id, 2) + int(value)).join(''));
const [TABLE_SIZE, PUSH, STREAMS, WINDOW, FRAME, LIST] = [1, 2, 3, 4, 5, 6];
const room = (stream: number, increment: number) => frame(WINDOW_UPDATE, 0, stream, int(increment));
const ping = (payload = 'h2spec\0\0', flags = 0) => frame(PING, flags, 0, payload);
const goaway = (code = 0, payload = '') => frame(GOAWAY, 0, 0, int(0) + int(code) + payload);

interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}
type Event = Frame | 'closed';

class Peer {
  #socket: net.Socket;
  #bytes = Buffer.alloc(0);
  #events: Event[] = [];
  #wake = () => {};
  /** What the server's first SETTINGS say. */
  settings = new Map<number, number>();

  constructor(port: number) {
    this.#socket = net.connect({ port, host: '127.0.0.1' });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#add('closed'));
  }

  #add(event: Event) {
    this.#events.push(event);
    this.#wake();
  }

  #take(chunk: Buffer) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 9) {
      const end = 9 + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < end) return;
      const [type, flags] = [this.#bytes[3], this.#bytes[4]];
      const stream = this.#bytes.readUInt32BE(5) & 0x7fffffff;
      this.#add({ type, flags, stream, payload: this.#bytes.subarray(9, end) });
      this.#bytes = this.#bytes.subarray(end);
    }
  }

  send(text: string) {
    this.#socket.write(text, 'latin1');
  }

  async next(): Promise<Event> {
    while (this.#events.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#events[0] === 'closed' ? 'closed' : (this.#events.shift() as Event);
  }

  /** The next event of a kind; the end of the connection ends the wait. */
  async until(wanted: (frame: Frame) => boolean): Promise<Event> {
    for (;;) {
      const event = await this.next();
      if (event === 'closed' || wanted(event)) return event;
    }
  }

  async handshake() {
    this.send(PREFACE + settings([WINDOW, 65535]));
    const first = await this.next();
    if (first === 'closed' || first.type !== SETTINGS) throw new Error('the first frame is no SETTINGS');
    for (let at = 0; at < first.payload.length; at += 6)
      this.settings.set(first.payload.readUInt16BE(at), first.payload.readUInt32BE(at + 2));
    this.send(frame(SETTINGS, ACK, 0));
    await this.until(({ type, flags }) => type === SETTINGS && flags === ACK);
  }

  end() {
    this.#socket.destroy();
  }
}

type Check = (peer: Peer) => Promise<void>;
const code = ({ payload }: Frame) => payload.readUInt32BE(payload.length === 4 ? 0 : 4);
const errs = (types: number[], codes: number[]) => async (peer: Peer) =>
  void (await peer.until((it) => types.includes(it.type) && codes.includes(code(it))));
const connectionError = (...codes: number[]): Check => errs([GOAWAY], codes);
const streamError = (...codes: number[]): Check => errs([GOAWAY, RST_STREAM], codes);
const gets =
  (wanted: (frame: Frame) => boolean): Check =>
  async (peer) =>
    expect(await peer.until(wanted)).not.toBe('closed');
const answered = gets(({ type, stream }) => type === HEADERS && stream === 1);
const dataComes = gets(({ type }) => type === DATA);
const oneByte = gets(({ type, payload }) => type === DATA && payload.length === 1);
const acknowledged = gets(({ type, flags }) => type === SETTINGS && flags === ACK);
const pong =
  (payload = 'h2spec\0\0'): Check =>
  (peer) =>
    gets((it) => it.type === PING && it.flags === ACK && it.payload.toString('latin1') === payload)(peer);
const pongOrClosed: Check = async (peer) =>
  void (await peer.until(({ type, flags }) => type === PING && flags === ACK));
const closed: Check = async (peer) => expect(await peer.until(() => false)).toBe('closed');
const streamEnds = gets(
  ({ type, flags }) => ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0) || type === RST_STREAM,
);

/** Bytes are sent, checks are waited for. */
type Steps = (string | Check)[];
const cases: Record<string, Record<string, Steps>> = {
  'generic 2: streams': {
    'PRIORITY on an idle stream': [priority(), ping(), pong()],
    'WINDOW_UPDATE on a half-closed stream': [settings([WINDOW, 0]), headers(), room(1, 1), dataComes],
    'PRIORITY on a half-closed stream': [settings([WINDOW, 0]), headers(), priority(), room(1, 1), dataComes],
    'RST_STREAM on a half-closed stream': [headers(), reset(), ping(), pongOrClosed],
    'PRIORITY on a closed stream': [headers(), streamEnds, priority(), ping(), pong()],
  },
  'generic 3: frames': {
    'a CONTINUATION': [headers(END_STREAM, get.slice(0, 5)), more(END_HEADERS, get.slice(5)), answered],
    'several CONTINUATIONs': [
      headers(END_STREAM, get.slice(0, 5)) + more(0, get.slice(5, 10)) + more(END_HEADERS, get.slice(10)),
      answered,
    ],
    DATA: [headers(END_HEADERS, post), data(), answered],
    'several DATA': [headers(END_HEADERS, post), data(0), data(), answered],
    'DATA with padding': [headers(END_HEADERS, post), data(END_STREAM | PADDED, '\x05test\0\0\0\0\0'), answered],
    HEADERS: [headers(), answered],
    'HEADERS with padding': [headers(WHOLE | PADDED, `\x08${get}${'\0'.repeat(8)}`), answered],
    'HEADERS with priority': [headers(WHOLE | WITH_PRIORITY, weight() + get), answered],
    'PRIORITY of 1': [priority(1, weight(0, 0)), headers(), answered],
    'PRIORITY of 256': [priority(1, weight(0, 255)), headers(), answered],
    'PRIORITY with a dependency': [priority(3, weight(1, 0)), headers(), answered],
    'exclusive PRIORITY': [priority(1, weight(0x80000000, 0)), headers(), answered],
    'PRIORITY of an idle stream, then HEADERS of a lower one': [priority(3), headers(), answered],
    RST_STREAM: [headers(END_HEADERS), reset(), ping(), pongOrClosed],
    SETTINGS: [
      settings([TABLE_SIZE, 4096], [PUSH, 1], [STREAMS, 100], [WINDOW, 65535], [FRAME, LARGEST], [LIST, 100]),
      acknowledged,
    ],
    PING: [ping(), pong()],
    GOAWAY: [goaway(0, 'h2spec'), ping(), pongOrClosed],
    'WINDOW_UPDATE of the connection': [room(0, 1), ping(), pong()],
    'WINDOW_UPDATE of a stream': [headers(), room(1, 1), answered],
  },
  'generic 4: messages': {
    GET: [headers(), answered],
    HEAD: [headers(WHOLE, common('HEAD').join('')), answered],
    POST: [headers(END_HEADERS, post), data(), answered],
    'POST with trailers': [
      headers(END_HEADERS, post + field('trailer', 'x-test')) + data(0) + headers(WHOLE, field('x-test', 'ok')),
      answered,
    ],
  },
  'generic 5: HPACK': {
    ...Object.fromEntries(
      Object.entries({
        indexed: '\xba',
        'incremental, Huffman': '\x40\x87\xb5\x05\xb1\x61\xcc\x5a\x93\x84\x9c\x48\xac\xa4',
        incremental: '\x40\x0auser-agent\x06h2spec',
        'incremental, new name': '\x40\x06x-test\x06h2spec',
        'incremental, new name, Huffman': '\x40\x85\xf2\xb2\x4a\x84\xff\x84\x9c\x48\xac\xa4',
        'without indexing': '\0\x0auser-agent\x06h2spec',
        'without indexing, Huffman': '\0\x87\xb5\x05\xb1\x61\xcc\x5a\x93\x84\x9c\x48\xac\xa4',
        'without indexing, new name': '\0\x06x-test\x06h2spec',
        'without indexing, new name, Huffman': '\0\x85\xf2\xb2\x4a\x84\xff\x84\x9c\x48\xac\xa4',
        'never indexed': '\x10\x0auser-agent\x06h2spec',
        'never indexed, Huffman': '\x10\x87\xb5\x05\xb1\x61\xcc\x5a\x93\x84\x9c\x48\xac\xa4',
        'never indexed, new name, Huffman': '\x10\x85\xf2\xb2\x4a\x84\xff\x84\x9c\x48\xac\xa4',
      }).map(([name, bytes]) => [name, [headers(WHOLE, get + bytes), answered]]),
    ),
    'a change of the table size': [headers(WHOLE, `\x3f\x61${get}`), answered],
    'several changes of the table size': [headers(WHOLE, `\x3f\x61\x3f\xe1\x1f${get}`), answered],
  },
  'HPACK: what cannot be decoded': Object.fromEntries(
    Object.entries({
      '2.3.3: an index that is none': `${get}\xc6`,
      '2.3.3: a literal whose index is none': `${get}\x7f\x07\0`,
      '4.2: a change of the table size at the end': `${get}\x21`,
      '5.2: Huffman padding of more than 7 bits': `${get}\0\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff`,
      '5.2: Huffman padding of zeros': `${get}\0\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90`,
      '5.2: the EOS symbol': `${get}\0\x85\xf2\xb2\x4a\x84\xff\x87\x49\x51\xff\xff\xff\xfa\x7f`,
      '6.1: index 0': `${get}\x80`,
      '6.3: a table larger than SETTINGS_HEADER_TABLE_SIZE': `\x3f\xe2\x1f${get}`,
    }).map(([name, block]) => [name, [headers(WHOLE, block), connectionError(COMPRESSION)]]),
  ),
  '4: frames': {
    '4.1: an unknown type': [frame(22, 0, 0, '\0'.repeat(8)), ping(), pong()],
    '4.1: an undefined flag': [ping('\0'.repeat(8), 0x16), pong('\0'.repeat(8))],
    '4.1: the reserved bit': [frame(PING, 0x16, 0x80000000, '\0'.repeat(8)), pong('\0'.repeat(8))],
    '4.2: DATA of 2^14 octets': [headers(END_HEADERS, post), data(END_STREAM, 'x'.repeat(LARGEST)), answered],
    '4.2: DATA that is larger': [
      headers(END_HEADERS, post) + data(END_STREAM, 'x'.repeat(LARGEST + 1)),
      streamError(FRAME_SIZE),
    ],
    '4.2: HEADERS that are larger': [
      headers(WHOLE, get + dummy.repeat(Math.ceil(LARGEST / dummy.length))),
      connectionError(FRAME_SIZE),
    ],
    '4.3: a block that cannot be decoded': [headers(WHOLE, '\x40'), connectionError(COMPRESSION)],
    '4.3: PRIORITY within a block': [headers(0) + priority() + more(), connectionError(PROTOCOL)],
    '4.3: HEADERS of another stream within a block': [
      headers(0) + headers(WHOLE, get, 3) + more(),
      connectionError(PROTOCOL),
    ],
  },
  '5.1: stream states': {
    'idle: DATA': [data(), streamError(PROTOCOL, STREAM_CLOSED)],
    'idle: RST_STREAM': [reset(), connectionError(PROTOCOL)],
    'idle: WINDOW_UPDATE': [room(1, 100), connectionError(PROTOCOL)],
    'idle: CONTINUATION': [more(END_HEADERS, get), connectionError(PROTOCOL)],
    'half closed: DATA': [headers() + data(), streamError(STREAM_CLOSED)],
    'half closed: HEADERS': [headers() + headers(), streamError(STREAM_CLOSED)],
    'half closed: CONTINUATION': [headers() + more(END_HEADERS, get), streamError(STREAM_CLOSED, PROTOCOL)],
    'closed by RST_STREAM: DATA': [headers(END_HEADERS) + reset() + data(), streamError(STREAM_CLOSED)],
    'closed by RST_STREAM: HEADERS': [headers(END_HEADERS) + reset() + headers(), streamError(STREAM_CLOSED)],
    'closed by RST_STREAM: CONTINUATION': [
      headers(END_HEADERS) + reset() + more(),
      streamError(STREAM_CLOSED, PROTOCOL),
    ],
    'closed: DATA': [headers(), streamEnds, data(), streamError(STREAM_CLOSED)],
    'closed: HEADERS': [headers(), streamEnds, headers(), connectionError(STREAM_CLOSED)],
    'closed: CONTINUATION': [headers(), streamEnds, more(), connectionError(STREAM_CLOSED, PROTOCOL)],
    '5.1.1: an even stream': [headers(WHOLE, get, 2), connectionError(PROTOCOL)],
    '5.1.1: a smaller stream': [headers(WHOLE, get, 5) + headers(WHOLE, get, 3), connectionError(PROTOCOL)],
    '5.1.2: more streams than are allowed': [
      settings([WINDOW, 0]),
      async (peer) => {
        const most = peer.settings.get(STREAMS);
        if (most === undefined) return; // any number is
        for (let count = 0; count <= most; count++) peer.send(headers(WHOLE, get, 1 + 2 * count));
        await streamError(PROTOCOL, REFUSED)(peer);
      },
    ],
    '5.3.1: HEADERS that depend on themselves': [
      headers(WHOLE | WITH_PRIORITY, weight(1) + get),
      streamError(PROTOCOL),
    ],
    '5.3.1: PRIORITY that depends on itself': [priority(1, weight(1)), streamError(PROTOCOL)],
    '5.4.1: the connection is closed': [frame(PING, 0, 3, '\0'.repeat(8)), closed],
    '5.4.1: GOAWAY comes first': [frame(PING, 0, 3, '\0'.repeat(8)), gets(({ type }) => type === GOAWAY)],
    '5.5: an unknown frame within a block': [
      headers(END_STREAM) + frame(22, 0, 0, '\0'.repeat(8)),
      connectionError(PROTOCOL),
    ],
  },
  '6: frame definitions': {
    '6.1: DATA of stream 0': [data(END_STREAM, 'test', 0), connectionError(PROTOCOL)],
    '6.1: DATA on a stream that is not open': [headers(WHOLE, post) + data(), streamError(STREAM_CLOSED)],
    '6.1: too much padding': [
      headers(END_HEADERS, post + field('content-length', '4')) + data(END_STREAM | PADDED, '\x06Test'),
      connectionError(PROTOCOL),
    ],
    '6.2: HEADERS of stream 0': [headers(WHOLE, get, 0), connectionError(PROTOCOL)],
    '6.2: too much padding': [
      headers(WHOLE | PADDED, String.fromCharCode(get.length + 1) + get),
      streamError(PROTOCOL),
    ],
    '6.3: PRIORITY of stream 0': [priority(0), connectionError(PROTOCOL)],
    '6.3: PRIORITY of another length than 5': [headers() + priority(1, '\x80\0\0\x01'), streamError(FRAME_SIZE)],
    '6.4: RST_STREAM of stream 0': [reset(0), connectionError(PROTOCOL)],
    '6.4: RST_STREAM of an idle stream': [reset(), connectionError(PROTOCOL)],
    '6.4: RST_STREAM of another length than 4': [
      headers() + frame(RST_STREAM, 0, 1, '\0\0\0'),
      streamError(FRAME_SIZE),
    ],
    '6.5: an acknowledgement with a payload': [frame(SETTINGS, ACK, 0, '\0'), connectionError(FRAME_SIZE)],
    '6.5: SETTINGS of a stream': [frame(SETTINGS, 0, 1, '\0\x03\0\0\0\x64'), connectionError(PROTOCOL)],
    '6.5: a length that is no multiple of 6': [frame(SETTINGS, 0, 0, '\0\x03\0'), streamError(PROTOCOL, FRAME_SIZE)],
    '6.5.2: ENABLE_PUSH of 2': [settings([PUSH, 2]), connectionError(PROTOCOL)],
    '6.5.2: a window that is too large': [settings([WINDOW, 2 ** 31]), connectionError(FLOW_CONTROL)],
    '6.5.2: frames that are too small': [settings([FRAME, LARGEST - 1]), connectionError(PROTOCOL)],
    '6.5.2: frames that are too large': [settings([FRAME, 2 ** 24]), connectionError(PROTOCOL)],
    '6.5.2: an unknown setting': [settings([0xff, 1]), ping(), pong()],
    '6.5.3: the last of several windows counts': [
      settings([WINDOW, 100], [WINDOW, 1]),
      acknowledged,
      headers(),
      oneByte,
    ],
    '6.5.3: SETTINGS are acknowledged': [settings([PUSH, 0]), acknowledged],
    '6.7: PING with ACK': [ping('invalid\0', ACK), ping(), pong()],
    '6.7: PING of a stream': [frame(PING, 0, 1, '\0'.repeat(8)), connectionError(PROTOCOL)],
    '6.7: PING of another length than 8': [frame(PING, 0, 0, '\0'.repeat(6)), connectionError(FRAME_SIZE)],
    '6.8: GOAWAY of a stream': [frame(GOAWAY, 0, 1, '\0'.repeat(8)), connectionError(PROTOCOL)],
    '6.9: an increment of 0': [room(0, 0), connectionError(PROTOCOL)],
    '6.9: an increment of 0 on a stream': [headers(END_HEADERS) + room(1, 0), streamError(PROTOCOL)],
    '6.9: WINDOW_UPDATE of another length than 4': [
      frame(WINDOW_UPDATE, 0, 0, '\0\0\x01'),
      connectionError(FRAME_SIZE),
    ],
    '6.9.1: a window of 1': [settings([WINDOW, 1]), acknowledged, headers(), oneByte],
    '6.9.1: a window above 2^31-1': [room(0, 2 ** 31 - 1) + room(0, 2 ** 31 - 1), connectionError(FLOW_CONTROL)],
    "6.9.1: a stream's window above 2^31-1": [
      headers(END_HEADERS) + room(1, 2 ** 31 - 1) + room(1, 2 ** 31 - 1),
      streamError(FLOW_CONTROL),
    ],
    '6.9.2: a change of the initial window': [
      settings([WINDOW, 0]),
      acknowledged,
      headers(),
      settings([WINDOW, 1]),
      oneByte,
    ],
    '6.9.2: a window that becomes negative': [
      settings([WINDOW, 3]),
      acknowledged,
      headers(),
      dataComes,
      settings([WINDOW, 2]),
      acknowledged,
      room(1, 2),
      oneByte,
    ],
    '6.10: several CONTINUATIONs': [headers(END_STREAM) + more(0) + more(), answered],
    '6.10: another frame between them': [headers(0, post) + more(0) + data(), connectionError(PROTOCOL)],
    '6.10: CONTINUATION of stream 0': [headers(END_STREAM) + more(END_HEADERS, dummy, 0), connectionError(PROTOCOL)],
    '6.10: CONTINUATION after END_HEADERS': [headers() + more(), connectionError(PROTOCOL)],
    '6.10: CONTINUATION after the last one': [headers(END_STREAM) + more() + more(), connectionError(PROTOCOL)],
    '6.10: CONTINUATION after DATA': [
      headers(0, post) + data() + more(0) + more(END_HEADERS, dummy, 0),
      connectionError(PROTOCOL),
    ],
    '7: GOAWAY with an unknown code': [goaway(0xff), ping(), pongOrClosed],
    '7: RST_STREAM with an unknown code': [headers(END_HEADERS, post), reset(1, 0xff), ping(), pongOrClosed],
  },
  '8: messages': {
    ...Object.fromEntries(
      Object.entries({
        '8.1.2: a name in upper case': get + field('X-TEST', 'ok'),
        '8.1.2.1: an unknown pseudo-header': get + field(':test', 'ok'),
        '8.1.2.1: a pseudo-header of responses': get + field(':status', '200'),
        '8.1.2.1: a pseudo-header after a field': field('x-test', 'ok') + get,
        '8.1.2.2: Connection': get + field('connection', 'keep-alive'),
        '8.1.2.2: TE with more than trailers': get + field('trailers', 'test') + field('te', 'trailers, deflate'),
        '8.1.2.3: an empty path': get.replace(field(':path', '/'), field(':path', '')),
        '8.1.2.3: no method': common().slice(1).join(''),
        '8.1.2.3: no scheme': get.replace(field(':scheme', 'http'), ''),
        '8.1.2.3: no path': get.replace(field(':path', '/'), ''),
        '8.1.2.3: two methods': get + field(':method', 'GET'),
        '8.1.2.3: two schemes': get + field(':scheme', 'http'),
        '8.1.2.3: two paths': get + field(':path', '/'),
      }).map(([name, block]) => [name, [headers(WHOLE, block), streamError(PROTOCOL)]]),
    ),
    '8.1: further HEADERS without END_STREAM': [
      headers(END_HEADERS, post) + data(0) + headers(END_HEADERS, field('x-test', 'ok')),
      streamError(PROTOCOL),
    ],
    '8.1.2.1: a pseudo-header in trailers': [
      headers(END_HEADERS, post) + data(0) + headers(END_HEADERS, field(':method', 'POST')),
      streamError(PROTOCOL),
    ],
    '8.1.2.6: a length that is not that of DATA': [
      headers(END_HEADERS, post + field('content-length', '1')) + data(),
      streamError(PROTOCOL),
    ],
    '8.1.2.6: nor that of all DATA': [
      headers(END_HEADERS, post + field('content-length', '1')) + data(0) + data(),
      streamError(PROTOCOL),
    ],
    '8.2: PUSH_PROMISE': [
      headers(END_HEADERS, post) + frame(PUSH_PROMISE, END_HEADERS, 1, int(3) + get),
      connectionError(PROTOCOL),
    ],
  },
};

let server: any;
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    development: false,
    http2: true,
    fetch: async (request) => new Response(`hello ${(await request.text()).length}`),
  });
});
afterAll(() => server.stop(true));

for (const [section, group] of Object.entries(cases)) {
  describe(section, () => {
    for (const [name, steps] of Object.entries(group)) {
      test(name, async () => {
        const peer = new Peer(server.port);
        try {
          await peer.handshake();
          for (const step of steps) {
            if (typeof step === 'string') peer.send(step);
            else await step(peer);
          }
        } finally {
          peer.end();
        }
      });
    }
  });
}

describe('3.5: the preface', () => {
  test('SETTINGS come first', async () => {
    const peer = new Peer(server.port);
    await peer.handshake();
    peer.end();
  });

  test('a preface that is none ends the connection', async () => {
    const socket = net.connect({ port: server.port, host: '127.0.0.1' });
    socket.resume();
    socket.write('INVALID CONNECTION PREFACE\r\n\r\n');
    await once(socket, 'close');
  });
});

test('the server lives on', async () => {
  const peer = new Peer(server.port);
  await peer.handshake();
  peer.send(headers());
  await answered(peer);
  peer.end();
});
