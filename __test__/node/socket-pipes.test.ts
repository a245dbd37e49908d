// Pipes from files to sockets through `dx-compat/node/fs` beside Node's own. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import childProcess from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/fs') : fs;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-sockets-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const SIZE = 23_000_001;
const content = Buffer.from(Uint8Array.from({ length: SIZE }, (_, at) => (at * 2_654_435_761) >>> 24));
const source = path.join(folder, 'source');
fs.writeFileSync(source, content);
for (const size of [0, 1, 65_536, 65_537, 200_000])
  fs.writeFileSync(path.join(folder, `${size}`), content.subarray(0, size));
const digest = (bytes: Buffer) => [bytes.length, createHash('sha256').update(bytes).digest('hex')];

/** Two ends of a connection. */
async function connection(where: number | string): Promise<[net.Socket, net.Socket, () => void]> {
  const server = net.createServer({ allowHalfOpen: true });
  const arrives = new Promise<net.Socket>((resolve) => server.on('connection', resolve));
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
  );
  const address: any = server.address();
  const sender = typeof where === 'string' ? net.connect(where) : net.connect(address.port, '127.0.0.1');
  await new Promise((resolve) => sender.on('connect', resolve));
  return [sender, await arrives, () => server.close()];
}

/** What arrives, and what the streams say of themselves. */
async function story(
  module: any,
  where: number | string,
  make: (fs: any) => any,
  more: (from: any, sender: net.Socket, receiver: net.Socket) => void = () => {},
) {
  const [sender, receiver, end] = await connection(where);
  const parts: Buffer[] = [];
  const events: string[] = [];
  receiver.on('data', (part) => parts.push(part));
  const from = make(module);
  for (const [stream, called] of [
    [from, 'from'],
    [sender, 'sender'],
  ])
    for (const event of ['end', 'finish', 'unpipe', 'pipe']) stream.on(event, () => events.push(`${called} ${event}`));
  const arrived = new Promise((resolve) => receiver.on('end', resolve));
  from.pipe(sender);
  more(from, sender, receiver);
  await arrived;
  const closed = new Promise((resolve) => sender.on('close', resolve));
  receiver.end();
  await closed;
  end();
  return {
    events: events.sort(),
    facts: [from.bytesRead, sender.bytesWritten, sender.bytesRead, from.destroyed, sender.writableFinished],
    arrived: digest(Buffer.concat(parts)),
  };
}

const makes: [string, (fs: any) => any][] = [
  ['all', (fs) => fs.createReadStream(source)],
  ['nothing', (fs) => fs.createReadStream(path.join(folder, '0'))],
  ['a byte', (fs) => fs.createReadStream(path.join(folder, '1'))],
  ['one chunk', (fs) => fs.createReadStream(path.join(folder, '65536'))],
  ['some chunks', (fs) => fs.createReadStream(path.join(folder, '200000'))],
  ['a part', (fs) => fs.createReadStream(source, { start: 1000, end: 9_000_000 })],
  ['the end', (fs) => fs.createReadStream(source, { start: 1000 })],
  ['a descriptor', (fs) => fs.createReadStream('', { fd: fs.openSync(source) })],
  ['small chunks', (fs) => fs.createReadStream(source, { highWaterMark: 4096 })],
  ['large chunks', (fs) => fs.createReadStream(source, { highWaterMark: 1 << 22 })],
  ['text', (fs) => fs.createReadStream(path.join(folder, '65537'), 'latin1')],
  ['a file that does not say its size', (fs) => fs.createReadStream('/proc/version')],
];

const interferences: [string, (from: any, sender: net.Socket, receiver: net.Socket) => void][] = [
  ['a listener from the start', (from) => from.on('data', () => {})],
  ['a listener that comes later', (from, sender) => sender.once('drain', () => from.on('data', () => {}))],
  ['a second pipe', (from) => from.pipe(new PassThrough()).resume()],
  [
    'a pause',
    (from, sender) =>
      sender.once('drain', () => {
        from.pause();
        setTimeout(() => from.resume(), 5);
      }),
  ],
  [
    'a receiver that is slow',
    (_from, _sender, receiver) => {
      receiver.pause();
      setTimeout(() => receiver.resume(), 50);
      receiver.on('data', () => {
        receiver.pause();
        setImmediate(() => receiver.resume());
      });
    },
  ],
  [
    'parts on the way',
    (from, sender) =>
      sender.once('drain', () => {
        from.unpipe(sender);
        setTimeout(() => from.pipe(sender), 5);
      }),
  ],
];

describe.skipIf(!isDxCompat || process.platform === 'win32')('pipes from files to sockets', () => {
  test.each(makes)('%s', async (_, make) => {
    const local = () => path.join(folder, `socket${Math.random()}`);
    expect(await story(ours, 0, make)).toEqual(await story(fs, 0, make));
    expect(await story(ours, local(), make)).toEqual(await story(fs, local(), make));
  });

  test.each(interferences)('with %s', async (_, more) => {
    const { facts, arrived } = await story(ours, 0, (fs) => fs.createReadStream(source), more);
    expect(arrived).toEqual(digest(content));
    expect(facts).toEqual([SIZE, SIZE, 0, true, true]);
  });

  test('what is written before and after, and the other direction', async () => {
    const [sender, receiver, end] = await connection(0);
    const parts: Buffer[] = [];
    receiver.on('data', (part) => parts.push(part));
    sender.write('before ');
    ours
      .createReadStream(source)
      .on('end', () => sender.end(' after'))
      .pipe(sender, { end: false });
    receiver.write('answer');
    let answer = '';
    sender.on('data', (part) => (answer += part));
    await new Promise((resolve) => receiver.on('end', resolve));
    receiver.end();
    end();
    expect(digest(Buffer.concat(parts))).toEqual(
      digest(Buffer.concat([Buffer.from('before '), content, Buffer.from(' after')])),
    );
    expect([answer, sender.bytesWritten]).toEqual(['answer', SIZE + 13]);
  });

  test('what is written in between stays in one piece', async () => {
    const [sender, receiver, end] = await connection(0);
    const parts: Buffer[] = [];
    receiver.on('data', (part) => parts.push(part));
    const from = ours.createReadStream(source);
    let [last, count] = [0, 0];
    const write = () => {
      if (from.readableEnded || sender.writableEnded) return;
      // Once for each megabyte that has been read: more than the socket takes at once.
      if (from.bytesRead - last >= 1 << 20) {
        last = from.bytesRead;
        sender.write(Buffer.from(`<${count++}>`.padEnd(1_000_000, '~')));
      }
      setImmediate(write);
    };
    from.pipe(sender);
    write();
    await new Promise((resolve) => receiver.on('end', resolve));
    receiver.end();
    end();
    let arrived = Buffer.concat(parts);
    for (let index = 0; index < count; index++) {
      const written = Buffer.from(`<${index}>`.padEnd(1_000_000, '~'));
      const at = arrived.indexOf(written);
      expect(at).toBeGreaterThanOrEqual(0);
      arrived = Buffer.concat([arrived.subarray(0, at), arrived.subarray(at + written.length)]);
    }
    expect(digest(arrived)).toEqual(digest(content));
    expect(sender.bytesWritten).toBe(SIZE + count * 1_000_000);
  });

  test('what waits for a receiver that does not read is limited', async () => {
    const [sender, receiver, end] = await connection(0);
    const from = ours.createReadStream(source);
    from.pipe(sender);
    await new Promise((resolve) => from.on('pause', resolve));
    expect(sender.writableLength).toBeLessThanOrEqual(256 * 1024);
    expect(from.readableLength).toBeLessThanOrEqual(256 * 1024);
    for (const each of [from, sender, receiver]) each.destroy();
    end();
  });

  test('what was sent stays what it was', async () => {
    const [sender, receiver, end] = await connection(0);
    const file = path.join(folder, 'changed');
    fs.writeFileSync(file, content.subarray(0, 100_000));
    await promisify(pipeline)(ours.createReadStream(file), sender);
    fs.writeFileSync(file, Buffer.alloc(100_000));
    const parts: Buffer[] = [];
    receiver.on('data', (part) => parts.push(part));
    await new Promise((resolve) => receiver.on('end', resolve));
    receiver.end();
    end();
    expect(digest(Buffer.concat(parts))).toEqual(digest(content.subarray(0, 100_000)));
  });

  test.each(['sender', 'receiver', 'file'])('the %s is destroyed on the way', async (which) => {
    const [sender, receiver, end] = await connection(0);
    const parts: Buffer[] = [];
    const from = ours.createReadStream(source);
    const closed = Promise.all([sender, receiver].map((each) => new Promise((resolve) => each.on('close', resolve))));
    for (const each of [sender, receiver, from]) each.on('error', () => {});
    receiver.on('end', () => receiver.end());
    receiver.on('data', (part) => {
      parts.push(part);
      if (which === 'receiver') receiver.destroy();
      if (which === 'sender') sender.destroy();
      if (which === 'file') {
        from.destroy();
        sender.end();
      }
    });
    from.pipe(sender);
    await closed;
    end();
    from.destroy();
    const arrived = Buffer.concat(parts);
    expect(arrived.equals(content.subarray(0, arrived.length))).toBe(true);
  });

  test("a child's input", async () => {
    const child = childProcess.spawn('wc', ['-c']);
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    ours.createReadStream(source).pipe(child.stdin);
    await new Promise((resolve) => child.on('close', resolve));
    expect(Number(output)).toBe(SIZE);
  });

  test('a socket is not idle meanwhile', async () => {
    const [sender, receiver, end] = await connection(0);
    let idle = 0;
    sender.setTimeout(60_000, () => idle++);
    ours.createReadStream(source).pipe(sender);
    receiver.resume();
    await new Promise((resolve) => receiver.on('end', resolve));
    receiver.end();
    end();
    expect(idle).toBe(0);
  });
});
