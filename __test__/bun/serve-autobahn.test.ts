import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import net from 'node:net';
import { isDxCompat } from '../runtime';

/**
 * The cases of the Autobahn test suite for servers, by its numbers (1 to 7, 9 and 10; 12 and 13 are in
 * serve-deflate.test.ts): an echo server, frames written as bytes, and what has to come back.
 */

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
const MASK = [0x12, 0x34, 0x56, 0x78];

let server: any;
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    development: false,
    fetch: (request, self: any) => (self.upgrade(request) ? undefined : new Response('no')),
    websocket: { maxPayloadLength: 16 * 1024 * 1024, message: (ws: any, message: any) => void ws.send(message) } as any,
  });
});
afterAll(() => server.stop(true));

type Payload = string | Uint8Array | number[];
const bytesOf = (payload: Payload) => Buffer.from(payload as any);
const hex = (text: string) => Buffer.from(text, 'hex');

function frame(opcode: number, payload: Payload = '', { fin = true, rsv = 0 } = {}): Buffer {
  const bytes = bytesOf(payload);
  const { length } = bytes;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  if (length < 126) head.push(0x80 | length);
  else if (length < 65536) head.push(0x80 | 126, length >> 8, length & 255);
  else head.push(0x80 | 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255);
  const masked = Buffer.from(bytes);
  for (let at = 0; at < length; at++) masked[at]! ^= MASK[at & 3] as number;
  return Buffer.concat([Buffer.from([...head, ...MASK]), masked]);
}
const more = { fin: false };
const close = (code: number, reason: Payload = '') =>
  frame(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 255]), bytesOf(reason)]));

/** What came back: frames as `[opcode, payload]`, until the server ends the connection or `enough` are there. */
async function exchange(frames: Buffer[], { chop = Infinity, enough = Infinity } = {}): Promise<[number, Buffer][]> {
  const socket = net.connect(server.port, '127.0.0.1');
  socket.setNoDelay(true);
  let bytes = Buffer.alloc(0);
  let upgraded = false;
  const got: [number, Buffer][] = [];
  const take = () => {
    if (!upgraded) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      bytes = bytes.subarray(end + 4);
      upgraded = true;
    }
    while (bytes.length >= 2) {
      let length = (bytes[1] as number) & 127;
      let at = 2;
      if (length === 126) {
        if (bytes.length < 4) return;
        length = bytes.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (bytes.length < 10) return;
        length = Number(bytes.readBigUInt64BE(2));
        at = 10;
      }
      if (bytes.length < at + length) return;
      got.push([(bytes[0] as number) & 15, Buffer.from(bytes.subarray(at, at + length))]);
      bytes = bytes.subarray(at + length);
    }
  };
  const over = new Promise<void>((resolve) => {
    const parts: Buffer[] = [];
    socket.on('data', (data) => {
      parts.push(data);
      bytes = Buffer.concat([bytes, ...parts.splice(0)]);
      take();
      if (got.length >= enough) resolve();
    });
    for (const event of ['end', 'close', 'error']) socket.on(event, () => resolve());
  });
  socket.write(UPGRADE);
  const all = Buffer.concat(frames);
  for (let at = 0; at < all.length; at += chop) {
    if (socket.destroyed) break;
    socket.write(all.subarray(at, at + chop));
    if (chop < Infinity) await new Promise((resolve) => setImmediate(resolve));
  }
  await over;
  socket.destroy();
  return got;
}

const text = (payload: Payload): [number, Buffer] => [TEXT, bytesOf(payload)];
const binary = (payload: Payload): [number, Buffer] => [BINARY, bytesOf(payload)];
const pong = (payload: Payload = ''): [number, Buffer] => [PONG, bytesOf(payload)];

/** Everything is well: these come back, and the close that ends it. */
async function well(frames: Buffer[], expected: [number, Buffer][], options = {}) {
  const got = await exchange([...frames, close(1000)], options);
  expect(got.length).toBe(expected.length + 1);
  for (const [at, [opcode, payload]] of expected.entries()) {
    expect(got[at]?.[0]).toBe(opcode);
    expect(got[at]?.[1].equals(payload)).toBe(true);
  }
  expect(got.at(-1)?.[0]).toBe(CLOSE);
}

/** The server fails the connection: these come back before, no echo after. Bun closes without saying why. */
async function failed(frames: Buffer[], codes: number[], expected: [number, Buffer][] = [], options = {}) {
  const got = await exchange(frames, options);
  const last = got.at(-1);
  const said = last?.[0] === CLOSE ? got.pop()?.[1].readUInt16BE(0) : undefined;
  expect(got).toEqual(expected);
  if (isDxCompat) expect(codes).toContain(said as number);
}
const PROTOCOL = [1002];
const ENCODING = [1007];

for (const [group, opcode, answer] of [
  ['1.1', TEXT, text],
  ['1.2', BINARY, binary],
] as [string, number, typeof text][]) {
  describe(`${group} echo`, () => {
    for (const size of [0, 125, 126, 127, 128, 65535, 65536]) {
      const payload = '*'.repeat(size);
      test(`${size} bytes`, () => well([frame(opcode, payload)], [answer(payload)]));
    }
    test('65536 bytes in chops of 997', () =>
      well([frame(opcode, '*'.repeat(65536))], [answer('*'.repeat(65536))], { chop: 997 }));
  });
}

describe('2 pings and pongs', () => {
  test('2.1 without payload', () => well([frame(PING)], [pong()]));
  test('2.2 text', () => well([frame(PING, 'Hello, world!')], [pong('Hello, world!')]));
  test('2.3 binary', () => well([frame(PING, hex('00fffefdfcfb00ff'))], [pong(hex('00fffefdfcfb00ff'))]));
  test('2.4 of 125 bytes', () => well([frame(PING, 'x'.repeat(125))], [pong('x'.repeat(125))]));
  test('2.5 of 126 bytes', () => failed([frame(PING, 'x'.repeat(126))], PROTOCOL));
  test('2.6 byte by byte', () => well([frame(PING, 'x'.repeat(125))], [pong('x'.repeat(125))], { chop: 1 }));
  test('2.7 a pong nobody asked for', () => well([frame(PONG)], []));
  test('2.8 with a payload', () => well([frame(PONG, 'unsolicited')], []));
  test('2.9 and then a ping', () => well([frame(PONG, 'unsolicited'), frame(PING, 'ping')], [pong('ping')]));
  const ten = Array.from({ length: 10 }, (_, at) => `payload-${at}`);
  const pings = ten.map((payload) => frame(PING, payload));
  test('2.10 ten', () => well(pings, ten.map(pong)));
  test('2.11 ten, byte by byte', () => well(pings, ten.map(pong), { chop: 1 }));
});

describe('3 reserved bits', () => {
  const hello = frame(TEXT, 'Hello, world!');
  const echo = text('Hello, world!');
  test('3.1', () => failed([frame(TEXT, 'x', { rsv: 1 })], PROTOCOL));
  for (const [name, chop] of [
    ['3.2', Infinity],
    ['3.4', 1],
  ] as const)
    test(name, () => failed([hello, frame(TEXT, 'x', { rsv: 2 }), frame(PING)], PROTOCOL, [echo], { chop }));
  test('3.3', () => failed([hello, frame(TEXT, 'x', { rsv: 3 }), frame(PING)], PROTOCOL, [echo]));
  test('3.5', () => failed([frame(BINARY, 'x', { rsv: 5 })], PROTOCOL));
  test('3.6', () => failed([frame(PING, 'x', { rsv: 6 })], PROTOCOL));
  test('3.7', () => failed([frame(CLOSE, '', { rsv: 7 })], PROTOCOL));
});

describe('4 opcodes that are none', () => {
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    test(`4: ${opcode}`, () => failed([frame(opcode)], PROTOCOL));
    test(`4: ${opcode} with a payload, after a message`, () =>
      failed([frame(TEXT, 'a'), frame(opcode, 'x'), frame(PING)], PROTOCOL, [text('a')]));
    test(`4: ${opcode} byte by byte`, () =>
      failed([frame(TEXT, 'a'), frame(opcode, 'x'), frame(PING)], PROTOCOL, [text('a')], { chop: 1 }));
  }
});

describe('5 fragments', () => {
  const [one, two] = [frame(TEXT, 'fragment1', more), frame(CONTINUATION, 'fragment2')];
  const whole = text('fragment1fragment2');
  test('5.1 of a ping', () => failed([frame(PING, 'a', more), frame(CONTINUATION, 'b')], PROTOCOL));
  test('5.2 of a pong', () => failed([frame(PONG, 'a', more), frame(CONTINUATION, 'b')], PROTOCOL));
  for (const chop of [Infinity, 1]) {
    test(`5.3-5.5 two, chops of ${chop}`, () => well([one, two], [whole], { chop }));
    test(`5.6-5.8 a ping between, chops of ${chop}`, () =>
      well([one, frame(PING, 'ping'), two], [pong('ping'), whole], { chop }));
    test(`5.9-5.11 nothing to continue, chops of ${chop}`, () =>
      failed([frame(CONTINUATION, 'x'), frame(TEXT, 'a')], PROTOCOL, [], { chop }));
    test(`5.12-5.14 nothing to continue, more to come, chops of ${chop}`, () =>
      failed([frame(CONTINUATION, 'x', more), frame(TEXT, 'a')], PROTOCOL, [], { chop }));
  }
  test('5.15 a continuation after the end', () =>
    failed([one, two, frame(CONTINUATION, 'x', more), frame(TEXT, 'a')], PROTOCOL, [whole]));
  test('5.16 and 5.17 a message inside of one', () =>
    failed([frame(CONTINUATION, 'x', more), frame(TEXT, 'a'), frame(CONTINUATION, 'x')], PROTOCOL));
  test('5.18 a second start', () => failed([frame(TEXT, 'a', more), frame(TEXT, 'b')], PROTOCOL));
  const five = [
    one,
    frame(CONTINUATION, 'fragment2', more),
    frame(PING, '1'),
    frame(CONTINUATION, 'fragment3', more),
    frame(CONTINUATION, 'fragment4', more),
    frame(PING, '2'),
    frame(CONTINUATION, 'fragment5'),
  ];
  const answers = [pong('1'), pong('2'), text('fragment1fragment2fragment3fragment4fragment5')];
  test('5.19 five and pings', () => well(five, answers));
  test('5.20 in chops', () => well(five, answers, { chop: 3 }));
});

describe('6 UTF-8', () => {
  test('6.1.1 nothing', () => well([frame(TEXT)], [text('')]));
  test('6.1.2 nothing in three', () =>
    well([frame(TEXT, '', more), frame(CONTINUATION, '', more), frame(CONTINUATION)], [text('')]));
  test('6.1.3 something between', () =>
    well([frame(TEXT, '', more), frame(CONTINUATION, 'mid', more), frame(CONTINUATION)], [text('mid')]));
  const valid = 'Hello-µ@ßöäüàá-UTF-8!!';
  const octets = (bytes: Buffer) =>
    Array.from(bytes, (byte, at) => frame(at === 0 ? TEXT : CONTINUATION, [byte], { fin: at === bytes.length - 1 }));
  test('6.2.1 in one', () => well([frame(TEXT, valid)], [text(valid)]));
  test('6.2.2 in two', () =>
    well([frame(TEXT, 'Hello-µ@ßöä', more), frame(CONTINUATION, 'üàá-UTF-8!!')], [text(valid)]));
  test('6.2.3 a byte a fragment', () => well(octets(bytesOf(valid)), [text(valid)]));
  test('6.2.4', () => well(octets(bytesOf('κόσμε')), [text('κόσμε')]));
  const invalid = hex('cebae1bdb9cf83cebcceb5eda080656469746564');
  test('6.3.1 invalid in one', () => failed([frame(TEXT, invalid)], ENCODING));
  test('6.3.2 a byte a fragment', () => failed(octets(invalid), ENCODING));
  test('6.4 invalid in the first fragment of two', () =>
    failed([frame(TEXT, hex('cebae1bdb9cf83cebcceb5f4908080'), more), frame(CONTINUATION, 'edited')], ENCODING));

  const good =
    'ceba cebae1bdb9 cebae1bdb9cf83 cebae1bdb9cf83cebc cebae1bdb9cf83cebcceb5 ' + // 6.5, 6.6
    '00 c280 e0a080 f0908080 7f dfbf efbfbf f48fbfbf ed9fbf ee8080 efbfbd ' + // 6.7, 6.9, 6.11
    'efbfbe f09fbfbe f09fbfbf f0afbfbe f0afbfbf f0bfbfbe f0bfbfbf f18fbfbe f18fbfbf f19fbfbe f19fbfbf f1afbfbe ' + // 6.22
    'f1afbfbf f1bfbfbe f1bfbfbf f28fbfbe f28fbfbf f29fbfbe f29fbfbf f2afbfbe f2afbfbf f2bfbfbe f2bfbfbf f38fbfbe ' +
    'f38fbfbf f39fbfbe f39fbfbf f3afbfbe f3afbfbf f3bfbfbe f3bfbfbf f48fbfbe efbfb9 efbfba efbfbb efbfbc'; // 6.23
  for (const sequence of good.split(' ')) {
    test(`6.5-6.23 ${sequence} is text`, () => well([frame(TEXT, hex(sequence))], [text(hex(sequence))]));
  }
  const bad =
    'ce cebae1 cebae1bd cebae1bdb9cf cebae1bdb9cf83ce cebae1bdb9cf83cebcce ' + // 6.6
    'f888808080 fc8480808080 f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf f4908080 ' + // 6.8, 6.10, 6.11.5
    '80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf 80818283848586b0b1b2bebf ' + // 6.12
    'c020c120df20 e020e120ef20 f020f120f720 f820fb20 fc20fd20 ' + // 6.13
    'c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf c0e080f08080f8808080 ' + // 6.14, 6.15
    'fe ff fefeffff c0af e080af f08080af f8808080af fc80808080af c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf ' + // 6.16-6.18
    'c080 e08080 f0808080 f880808080 fc8080808080 ' + // 6.19
    'eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf ' + // 6.20
    'eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf'; // 6.21
  for (const sequence of bad.split(' ')) {
    test(`6.6-6.21 ${sequence} is none`, () => failed([frame(TEXT, hex(sequence))], ENCODING));
  }
});

describe('7 closing', () => {
  const codeOf = async (frames: Buffer[]) => {
    const got = await exchange(frames);
    const last = got.at(-1);
    return [got.length, last?.[0], last?.[1].length ? last[1].readUInt16BE(0) : 0];
  };
  test('7.1.1 after a message', () => well([frame(TEXT, 'Hello World!')], [text('Hello World!')]));
  test('7.1.2 twice', async () => expect((await codeOf([close(1000), close(1000)]))[0]).toBe(1));
  test('7.1.3 a ping after it', async () => expect((await codeOf([close(1000), frame(PING)]))[0]).toBe(1));
  test('7.1.4 a message after it', async () => expect((await codeOf([close(1000), frame(TEXT, 'x')]))[0]).toBe(1));
  test('7.1.5 in the middle of a message', async () =>
    expect((await codeOf([frame(TEXT, 'a', more), close(1000), frame(CONTINUATION, 'b')]))[0]).toBe(1));
  test('7.1.6 after 256 KB', async () => {
    const got = await exchange([frame(TEXT, 'B'.repeat(262144)), close(1000), frame(PING)]);
    expect(got.map(([opcode]) => opcode)).toEqual([TEXT, CLOSE]);
  });
  test('7.3.1 without a payload', async () => expect((await codeOf([frame(CLOSE)]))[1]).toBe(CLOSE));
  test('7.3.2 of one byte', () => failed([frame(CLOSE, 'x')], PROTOCOL));
  test('7.3.3 a code', async () => expect(await codeOf([close(1000)])).toEqual([1, CLOSE, 1000]));
  test('7.3.4 and a reason', async () => expect(await codeOf([close(1000, 'Hello')])).toEqual([1, CLOSE, 1000]));
  test('7.3.5 of 123 bytes', async () =>
    expect(await codeOf([close(1000, 'x'.repeat(123))])).toEqual([1, CLOSE, 1000]));
  test('7.3.6 of 124 bytes', () => failed([close(1000, 'x'.repeat(124))], PROTOCOL));
  test('7.5.1 a reason that is no text', () => failed([close(1000, hex('cebaeda080'))], [1002, 1007]));
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]) {
    test(`7.7 ${code}`, async () => expect(await codeOf([close(code)])).toEqual([1, CLOSE, code]));
  }
  for (const code of [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535]) {
    test(`7.9, 7.13 ${code}`, () => failed([close(code)], PROTOCOL));
  }
});

describe('9 and 10: large messages', () => {
  const large = Buffer.alloc(4 * 1024 * 1024, 0x2a);
  const inFragments = (opcode: number, size: number) => {
    const frames = [];
    for (let at = 0; at < large.length; at += size) {
      const fin = at + size >= large.length;
      frames.push(frame(at === 0 ? opcode : CONTINUATION, large.subarray(at, at + size), { fin }));
    }
    return frames;
  };
  test('9.1 4 MB of text', () => well([frame(TEXT, large)], [text(large)]));
  test('9.2 4 MB of bytes', () => well([frame(BINARY, large)], [binary(large)]));
  for (const size of [1024, 65536, 1024 * 1024]) {
    test(`9.3 text in fragments of ${size}`, () => well(inFragments(TEXT, size), [text(large)]));
    test(`9.4 bytes in fragments of ${size}`, () => well(inFragments(BINARY, size), [binary(large)]));
  }
  test('9.7 a thousand small ones', () => {
    const many = Array.from({ length: 1000 }, (_, at) => `message ${at}`);
    return well(
      many.map((payload) => frame(TEXT, payload)),
      many.map(text),
    );
  });
  test('10.1.1 64 KB in fragments of 1300', () => {
    const payload = 'x'.repeat(65536);
    const frames = [];
    for (let at = 0; at < payload.length; at += 1300)
      frames.push(
        frame(at === 0 ? TEXT : CONTINUATION, payload.slice(at, at + 1300), { fin: at + 1300 >= payload.length }),
      );
    return well(frames, [text(payload)]);
  });
});
