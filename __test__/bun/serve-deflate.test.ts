import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import net from 'node:net';
import zlib from 'node:zlib';

/** Compression of messages (RFC 7692), frame by frame. */

const servers: any[] = [];
/** A server that ends with its test. */
function serve(perMessageDeflate: any, handlers: any = {}): any {
  const server = Bun.serve({
    port: 0,
    fetch: (request: Request, it: any) => (it.upgrade(request) ? undefined : new Response('no')),
    websocket: { perMessageDeflate, message() {}, ...handlers },
  } as any);
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

type Frame = { fin: boolean; compressed: boolean; opcode: number; payload: Buffer };

/** A client that speaks in frames. */
class Client {
  #socket: net.Socket;
  #buffer = Buffer.alloc(0);
  #wake = () => {};
  #closed = false;
  head = '';

  static async open(server: any, offer: string | null): Promise<Client> {
    const client = new Client(net.connect({ port: server.port, host: '127.0.0.1' }));
    await once(client.#socket, 'connect');
    const extensions = offer === null ? '' : `Sec-WebSocket-Extensions: ${offer}\r\n`;
    client.#socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n${extensions}\r\n`,
    );
    for (;;) {
      const end = client.#buffer.indexOf('\r\n\r\n');
      if (end !== -1) {
        client.head = client.#buffer.subarray(0, end).toString('latin1');
        client.#buffer = client.#buffer.subarray(end + 4);
        return client;
      }
      await client.#more();
    }
  }

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#buffer = Buffer.concat([this.#buffer, data]);
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  get agreed(): string | undefined {
    return /sec-websocket-extensions: ([^\r]*)/i.exec(this.head)?.[1];
  }

  #more(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  async frame(): Promise<Frame | null> {
    for (;;) {
      const bytes = this.#buffer;
      if (bytes.length >= 2) {
        const short = bytes[1] & 127;
        const at = short === 126 ? 4 : short === 127 ? 10 : 2;
        if (bytes.length >= at) {
          const length =
            short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
          if (bytes.length >= at + length) {
            this.#buffer = bytes.subarray(at + length);
            const payload = bytes.subarray(at, at + length);
            return { fin: (bytes[0] & 128) !== 0, compressed: (bytes[0] & 64) !== 0, opcode: bytes[0] & 15, payload };
          }
        }
      }
      if (this.#closed) return null;
      await this.#more();
    }
  }

  send(first: number, payload: Buffer): void {
    const length = Buffer.alloc(payload.length < 126 ? 1 : payload.length < 65536 ? 3 : 9);
    if (length.length === 1) length[0] = 128 | payload.length;
    else if (length.length === 3) {
      length[0] = 128 | 126;
      length.writeUInt16BE(payload.length, 1);
    } else {
      length[0] = 128 | 127;
      length.writeBigUInt64BE(BigInt(payload.length), 1);
    }
    this.#socket.write(Buffer.concat([Buffer.from([first]), length, Buffer.alloc(4), payload]));
  }

  end(): void {
    this.#socket.destroy();
  }
}

const TAIL = Buffer.from([0, 0, 255, 255]);
const inflate = (payload: Buffer) =>
  zlib.inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString();
const deflate = (text: string | Buffer) => {
  const bytes = zlib.deflateRawSync(text, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - 4);
};

const both = { compress: 'dedicated', decompress: 'dedicated' };
const NONE = 'client_no_context_takeover; server_no_context_takeover';

describe('what is agreed on', () => {
  const cases: [any, string | null, string | undefined][] = [
    [false, 'permessage-deflate', undefined],
    [undefined, 'permessage-deflate', undefined],
    [{}, 'permessage-deflate', undefined],
    [{ compress: false, decompress: 'disable' }, 'permessage-deflate', undefined],
    [true, null, undefined],
    [true, 'permessage-deflate; client_max_window_bits', `permessage-deflate; ${NONE}`],
    [{ compress: 'shared' }, 'permessage-deflate', `permessage-deflate; ${NONE}`],
    [{ decompress: true }, 'permessage-deflate', `permessage-deflate; ${NONE}`],
    [{ compress: 'dedicated' }, 'permessage-deflate', 'permessage-deflate; client_no_context_takeover'],
    [{ decompress: 'dedicated' }, 'permessage-deflate', 'permessage-deflate; server_no_context_takeover'],
    [
      { compress: '16KB' },
      'permessage-deflate',
      'permessage-deflate; client_no_context_takeover; server_max_window_bits=11',
    ],
    [
      { compress: '256KB', decompress: 'dedicated' },
      'permessage-deflate; client_max_window_bits',
      'permessage-deflate',
    ],
    [
      { compress: '32KB', decompress: '4KB' },
      'permessage-deflate; client_max_window_bits',
      'permessage-deflate; client_max_window_bits=12; server_max_window_bits=12',
    ],
    [both, 'permessage-deflate', 'permessage-deflate'],
    [both, 'permessage-deflate; server_no_context_takeover', 'permessage-deflate; server_no_context_takeover'],
    [both, 'permessage-deflate; client_no_context_takeover', 'permessage-deflate; client_no_context_takeover'],
    [both, 'permessage-deflate; server_max_window_bits=10', 'permessage-deflate; server_max_window_bits=10'],
    [both, 'permessage-deflate; client_max_window_bits=9', 'permessage-deflate; client_max_window_bits=9'],
    [true, 'permessage-deflate; server_max_window_bits=10', undefined],
    [both, 'permessage-deflate; unknown', undefined],
    [both, 'permessage-deflate; server_max_window_bits=99', undefined],
    [both, 'x-webkit-deflate-frame', undefined],
    [both, 'foo, permessage-deflate', 'permessage-deflate'],
  ];
  for (const [options, offer, agreed] of cases) {
    test(`${JSON.stringify(options)} with ${offer}`, async () => {
      const client = await Client.open(serve(options), offer);
      expect(client.agreed).toBe(agreed);
      client.end();
    });
  }

  test('options that are none', () => {
    const sizes = '"disable" "shared" "dedicated" "3KB" "4KB" "8KB" "16KB" "32KB" "64KB" "128KB" or "256KB"';
    const message = (options: any) => {
      try {
        return serve(options);
      } catch (error: any) {
        return `${error.name} ${error.code} ${error.message}`;
      }
    };
    const invalid = 'TypeError ERR_INVALID_ARG_TYPE websocket expects';
    expect(message('x')).toBe(`${invalid} perMessageDeflate to be a boolean or an object`);
    expect(message({ compress: 5 })).toBe(`${invalid} a valid compress option, either ${sizes}`);
    expect(message({ decompress: 'x' })).toBe(`${invalid} a valid decompress option, either ${sizes}`);
  });
});

describe('messages', () => {
  test('are compressed when send says so, and by publish unless it says not', async () => {
    const text = 'a'.repeat(1000);
    const server = serve(true, {
      open(ws: any) {
        ws.subscribe('t');
        ws.send(text);
        ws.send(text, true);
        ws.sendText(text, true);
        ws.sendBinary(Buffer.from(text), true);
        ws.send('', true);
        server.publish('t', text);
        server.publish('t', text, false);
      },
    });
    const client = await Client.open(server, 'permessage-deflate');
    const seen = [];
    for (let count = 0; count < 7; count++) {
      const { compressed, opcode, payload } = (await client.frame()) as Frame;
      expect(compressed ? inflate(payload) : payload.toString()).toBe(count === 4 ? '' : text);
      seen.push(`${opcode}${compressed ? 'c' : ''}`);
    }
    expect(seen).toEqual(['1', '1c', '1c', '2c', '1', '1c', '1']);
    client.end();
  });

  test('of a client that does not compress are answered plainly', async () => {
    const server = serve(true, { message: (ws: any, message: any) => ws.send(message, true) });
    const client = await Client.open(server, null);
    client.send(0x81, Buffer.from('plain'));
    expect(await client.frame()).toMatchObject({ compressed: false, payload: Buffer.from('plain') });
    client.end();
  });

  for (const options of [true, both]) {
    test(`come in whole, in fragments, large and small, ${JSON.stringify(options)}`, async () => {
      const server = serve(options, {
        maxPayloadLength: 4_000_000,
        message: (ws: any, message: any) => ws.send(`${typeof message} ${message.length}`),
      });
      const client = await Client.open(
        server,
        'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
      );
      const length = async () => ((await client.frame()) as Frame).payload.toString();
      client.send(0xc1, deflate('hello'));
      expect(await length()).toBe('string 5');
      client.send(0xc2, deflate(Buffer.alloc(3_000_000)));
      expect(await length()).toBe('object 3000000');
      client.send(0x81, Buffer.from('plain'));
      expect(await length()).toBe('string 5');
      const bytes = deflate('in two fragments');
      client.send(0x41, bytes.subarray(0, 5));
      client.send(0x80, bytes.subarray(5));
      expect(await length()).toBe('string 16');
      client.send(0xc1, Buffer.from([0]));
      expect(await length()).toBe('string 0');
      client.end();
    });
  }

  for (const options of [true, both]) {
    test(`may end with a last block, ${JSON.stringify(options)}`, async () => {
      const server = serve(options, { message: (ws: any, message: any) => ws.send(message) });
      const client = await Client.open(server, 'permessage-deflate');
      for (const hex of ['f348cdc9c9070000', 'f348cdc9c90700', 'f24805000000ffffcac9c90700', 'f248cdc9c90700']) {
        client.send(0xc1, Buffer.from(hex, 'hex'));
        expect(((await client.frame()) as Frame).payload.toString()).toBe('Hello');
      }
      client.end();
    });
  }

  test('a context that is kept is kept', async () => {
    const text = Array.from({ length: 500 }, (_, at) => (at * 7919) % 1000).join();
    const server = serve(both, { message: (ws: any) => ws.send(text, true) });
    const client = await Client.open(server, 'permessage-deflate');
    const lengths = [];
    for (let count = 0; count < 2; count++) {
      client.send(0x81, Buffer.from('x'));
      lengths.push(((await client.frame()) as Frame).payload.length);
    }
    expect(lengths[1]).toBeLessThan(lengths[0] / 4);
    client.end();
  });

  const CLOSE = 8;
  test('bombs, nonsense and bits that were not agreed on end the connection', async () => {
    const server = serve(true, { maxPayloadLength: 100_000, message: (ws: any) => ws.send('got') });
    const ends = async (first: number, payload: Buffer, offer: string | null = 'permessage-deflate') => {
      const client = await Client.open(server, offer);
      client.send(first, payload);
      const frame = await client.frame();
      client.end();
      return frame === null || frame.opcode === CLOSE;
    };
    expect(await ends(0xc2, deflate(Buffer.alloc(20_000_000)))).toBe(true);
    expect(await ends(0xc2, Buffer.alloc(50, 255))).toBe(true);
    expect(await ends(0xc1, deflate('x'), null)).toBe(true);
    expect(await ends(0xc1, deflate(Buffer.from([255, 254])))).toBe(true);
    expect(await ends(0xc9, deflate('x'))).toBe(true);
    expect(await ends(0xa1, deflate('x'))).toBe(true);
    expect(await ends(0xc1, deflate('x'))).toBe(false);
  });
});

test('a Blob is sent as bytes, in order; a file is not', async () => {
  const server = serve(false, {
    open(ws: any) {
      const results = [
        ws.send(new Blob(['ab'])),
        ws.send('after'),
        ws.sendBinary(new Blob(['cde'])),
        ws.send(new Blob([])),
      ];
      let error: any;
      try {
        ws.send(Bun.file(import.meta.path));
      } catch (reason) {
        error = reason;
      }
      ws.send(JSON.stringify([results, error.message]));
    },
  });
  const client = await Client.open(server, null);
  const seen = [];
  for (let count = 0; count < 5; count++) {
    const { opcode, payload } = (await client.frame()) as Frame;
    seen.push(`${opcode} ${payload}`);
  }
  expect(seen.slice(0, 4)).toEqual(['2 ab', '1 after', '2 cde', '2 ']);
  expect(seen[4]).toStartWith('1 [[2,5,3,0],"send cannot send a file- or S3-backed Blob synchronously');
  client.end();
});
