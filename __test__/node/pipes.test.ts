// Pipes from file to file through `dx-compat/node/fs` beside Node's own. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, pipeline } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/fs') : fs;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-pipes-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const SIZE = 11_000_001;
const content = Buffer.from(Uint8Array.from({ length: SIZE }, (_, at) => (at * 2_654_435_761) >>> 24));
const source = path.join(folder, 'source');
fs.writeFileSync(source, content);
for (const size of [0, 1, 65_536, 65_537, 200_000])
  fs.writeFileSync(path.join(folder, `${size}`), content.subarray(0, size));

/** What two streams went through: their events but for those that depend on timing, and what they say of themselves. */
async function story(
  module: any,
  name: string,
  make: (fs: any, target: string) => [any, any],
  more?: (from: any, to: any) => void,
) {
  const target = path.join(folder, `target-${name}`);
  fs.writeFileSync(target, 'what was there before');
  const [from, to] = make(module, target);
  const events: string[] = [];
  const errors: unknown[] = [];
  for (const [stream, called] of [
    [from, 'from'],
    [to, 'to'],
  ]) {
    for (const event of ['open', 'ready', 'end', 'finish', 'close', 'unpipe'])
      stream.on(event, () => events.push(`${called} ${event}`));
    stream.on('error', (error: any) => errors.push([called, error.code, error.syscall, error.message]));
  }
  from.pipe(to);
  more?.(from, to);
  await Promise.all([from, to].map((stream) => new Promise((resolve) => stream.on('close', resolve))));
  const facts = [
    from.bytesRead,
    to.bytesWritten,
    from.pos,
    to.pos,
    from.destroyed,
    to.destroyed,
    from.readableEnded,
    to.writableFinished,
  ];
  // How far Node has read ahead when writing fails depends on its threads.
  if (errors.length > 0) facts[0] = 0;
  return { events: events.sort(), errors, facts, left: fs.readFileSync(target) };
}

const makes: [string, (fs: any, target: string) => [any, any]][] = [
  ['all', (fs, target) => [fs.createReadStream(source), fs.createWriteStream(target)]],
  ['nothing', (fs, target) => [fs.createReadStream(path.join(folder, '0')), fs.createWriteStream(target)]],
  ['a byte', (fs, target) => [fs.createReadStream(path.join(folder, '1')), fs.createWriteStream(target)]],
  ['one chunk', (fs, target) => [fs.createReadStream(path.join(folder, '65536')), fs.createWriteStream(target)]],
  ['a byte more', (fs, target) => [fs.createReadStream(path.join(folder, '65537')), fs.createWriteStream(target)]],
  ['some chunks', (fs, target) => [fs.createReadStream(path.join(folder, '200000')), fs.createWriteStream(target)]],
  [
    'a part',
    (fs, target) => [fs.createReadStream(source, { start: 1000, end: 9_000_000 }), fs.createWriteStream(target)],
  ],
  ['the end', (fs, target) => [fs.createReadStream(source, { start: 1000 }), fs.createWriteStream(target)]],
  ['up to', (fs, target) => [fs.createReadStream(source, { end: 5_000_000 }), fs.createWriteStream(target)]],
  ['past the end', (fs, target) => [fs.createReadStream(source, { start: SIZE + 5 }), fs.createWriteStream(target)]],
  [
    'into the middle',
    (fs, target) => [fs.createReadStream(source), fs.createWriteStream(target, { flags: 'r+', start: 5 })],
  ],
  [
    'over what was there',
    (fs, target) => [fs.createReadStream(path.join(folder, '1')), fs.createWriteStream(target, { flags: 'r+' })],
  ],
  [
    'behind what was there',
    (fs, target) => [fs.createReadStream(source), fs.createWriteStream(target, { flags: 'a' })],
  ],
  [
    'descriptors',
    (fs, target) => [
      fs.createReadStream('', { fd: fs.openSync(source) }),
      fs.createWriteStream('', { fd: fs.openSync(target, 'r+') }),
    ],
  ],
  [
    'small chunks',
    (fs, target) => [
      fs.createReadStream(source, { highWaterMark: 4096 }),
      fs.createWriteStream(target, { highWaterMark: 1000 }),
    ],
  ],
  [
    'large chunks',
    (fs, target) => [
      fs.createReadStream(source, { highWaterMark: 1 << 20 }),
      fs.createWriteStream(target, { highWaterMark: 1 << 22 }),
    ],
  ],
  [
    'text',
    (fs, target) => [fs.createReadStream(path.join(folder, '65537'), 'latin1'), fs.createWriteStream(target, 'latin1')],
  ],
  [
    'no such file',
    (fs, target) => [
      fs.createReadStream(path.join(folder, 'none')).on('error', function (this: any) {
        setImmediate(() => to(this));
      }),
      fs.createWriteStream(target),
    ],
  ],
  [
    'a directory',
    (fs, target) => [
      fs.createReadStream(folder).on('error', function (this: any) {
        setImmediate(() => to(this));
      }),
      fs.createWriteStream(target),
    ],
  ],
  [
    'a sink that cannot be written',
    (fs, target) => [
      fs.createReadStream(source).on('unpipe', () => {}),
      fs.createWriteStream('', { fd: fs.openSync(target, 'r') }).on('error', function (this: any) {
        from(this);
      }),
    ],
  ],
  [
    'a file that does not say its size',
    (fs, target) => [fs.createReadStream('/proc/version'), fs.createWriteStream(target)],
  ],
  [
    'functions of its own',
    (fs, target) => [
      fs.createReadStream(path.join(folder, '200000'), { fs: own() }),
      fs.createWriteStream(target, { fs: own() }),
    ],
  ],
];
/** Ends the other side of a pipe that failed. */
let pair: any[] = [];
const to = (_: any) => pair[1].destroy();
const from = (_: any) => pair[0].destroy();
const own = () => ({
  ...fs,
  read: (...given: any[]) => (fs.read as any)(...given),
  write: (...given: any[]) => (fs.write as any)(...given),
});

const interferences: [string, (from: any, to: any) => void][] = [
  ['a listener from the start', (from) => from.on('data', () => {})],
  ['a listener that comes later', (_, to) => to.once('drain', () => setTimeout(() => pair[0].on('data', () => {}), 1))],
  [
    'a pause',
    (from, to) =>
      to.once('drain', () => {
        from.pause();
        setTimeout(() => from.resume(), 5);
      }),
  ],
  ['a second pipe', (from) => from.pipe(new PassThrough()).resume()],
  ['a second pipe that comes later', (from, to) => to.once('drain', () => from.pipe(new PassThrough()).resume())],
  ['writes beside', (_, to) => to.on('drain', () => {})],
  [
    'parts on the way',
    (from, to) =>
      to.once('drain', () => {
        from.unpipe(to);
        setTimeout(() => from.pipe(to), 5);
      }),
  ],
];

describe.skipIf(!isDxCompat)('pipes from file to file', () => {
  test.each(makes)('%s', async (_, make) => {
    const kept = (fs: any, target: string) => (pair = make(fs, target)) as [any, any];
    const theirs = await story(fs, 'nodes', kept);
    const mine = await story(ours, 'ours', kept);
    expect(mine.left.equals(theirs.left)).toBe(true);
    expect({ ...mine, left: 0 }).toEqual({ ...theirs, left: 0 });
  });

  test.each(interferences)('with %s', async (_, more) => {
    const make = (fs: any, target: string) =>
      (pair = [fs.createReadStream(source), fs.createWriteStream(target)]) as [any, any];
    const mine = await story(ours, 'ours', make, more);
    expect(mine.left.equals(content)).toBe(true);
    expect(mine.errors).toEqual([]);
    expect(mine.facts).toEqual([SIZE, SIZE, undefined, undefined, true, true, true, true]);
  });

  test('a listener sees all that is not yet gone', async () => {
    const from = ours.createReadStream(source);
    const sink = ours.createWriteStream(path.join(folder, 'seen'));
    let [seen, before] = [0, -1];
    sink.once('drain', () =>
      setTimeout(() => {
        before = from.bytesRead;
        from.on('data', (part: Buffer) => (seen += part.length));
      }, 1),
    );
    from.pipe(sink);
    await new Promise((resolve) => sink.on('close', resolve));
    expect(fs.readFileSync(path.join(folder, 'seen')).equals(content)).toBe(true);
    if (before >= 0) expect(seen).toBeLessThanOrEqual(SIZE);
  });

  test.each(['from', 'to'])('%s is destroyed on the way', async (which) => {
    const target = path.join(folder, 'destroyed');
    const [from, sink] = [ours.createReadStream(source), ours.createWriteStream(target)];
    // Node says of a write that was under way that it ended too late.
    sink.on('error', ({ code }: any) => expect(code).toBe('ERR_STREAM_DESTROYED'));
    const closed = Promise.all([from, sink].map((stream) => new Promise((resolve) => stream.on('close', resolve))));
    from.pipe(sink);
    sink.once('drain', () =>
      setTimeout(() => {
        (which === 'from' ? from : sink).destroy();
        (which === 'from' ? sink : from).destroy();
      }, 1),
    );
    await closed;
    const left = fs.readFileSync(target);
    expect(left.equals(content.subarray(0, left.length))).toBe(true);
    // Nothing is written once the stream has closed.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fs.statSync(target).size).toBe(left.length);
  });

  test.each<[string, object, object]>([
    ['a sink', {}, {}],
    ['one with a place', { flags: 'w', start: 0 }, {}],
    ['one that appends', { flags: 'a' }, {}],
    ['a part of a file', {}, { start: 0, end: SIZE }],
  ])('what is written to %s meanwhile', async (name, how, part) => {
    const file = path.join(folder, `beside-${name}`);
    const from = ours.createReadStream(source, part);
    const sink = ours.createWriteStream(file, how);
    const written: Buffer[] = [];
    // Once while each piece is on its way.
    let last = -1;
    const write = () => {
      if (sink.writableEnded) return;
      if (sink.writableLength === 0 && sink.bytesWritten !== last) {
        last = sink.bytesWritten;
        written.push(Buffer.from(`<${written.length}>`.padEnd(50_000, '~')));
        sink.write(written.at(-1));
      }
      setImmediate(write);
    };
    from.pipe(sink);
    sink.once('open', write);
    await new Promise((resolve) => sink.on('close', resolve));
    let left = fs.readFileSync(file);
    for (const each of written) {
      const at = left.indexOf(each);
      expect(at).toBeGreaterThanOrEqual(0);
      left = Buffer.concat([left.subarray(0, at), left.subarray(at + each.length)]);
    }
    expect(left.equals(content)).toBe(true);
    expect(sink.bytesWritten).toBe(SIZE + written.length * 50_000);
  });

  const { ReadStream, WriteStream } = fs;
  /** Streams whose functions of these names are a program's own, given as options or put on them, which note that they are called. */
  const withOwn = (module: any, names: string[], way: string, target: string, called: string[]) => {
    const functions = (original: any, side: string) =>
      Object.fromEntries(
        names
          .filter((name) => original[`_${name}`] !== undefined || name === 'final')
          .map((name) => [
            name,
            function (this: any, ...given: any[]) {
              called.push(`${side} ${name}`);
              if (original[`_${name}`]) return original[`_${name}`].apply(this, given);
              setTimeout(given.at(-1), 5);
            },
          ]),
      );
    const [reads, writes] = [functions(ReadStream.prototype, 'from'), functions(WriteStream.prototype, 'to')];
    delete reads.final;
    const asOption = way === 'option';
    const [from, sink] = [
      module.createReadStream(source, asOption ? reads : {}),
      module.createWriteStream(target, asOption ? writes : {}),
    ];
    if (!asOption) {
      for (const [name, value] of Object.entries(reads)) from[`_${name}`] = value;
      for (const [name, value] of Object.entries(writes)) sink[`_${name}`] = value;
    }
    return [from, sink];
  };

  test.each(
    ['option', 'member'].flatMap((way) =>
      [['destroy'], ['final'], ['read'], ['write', 'writev'], ['destroy', 'final']].map(
        (names) => [way, names] as const,
      ),
    ),
  )('functions of its own as %s: %p', async (way, names) => {
    const outcomes = [];
    for (const module of [fs, ours]) {
      const called: string[] = [];
      const make = (_: any, target: string) => withOwn(module, [...names], way, target, called) as [any, any];
      const { events, errors, facts, left } = await story(module, 'own', make);
      // How often it reads and writes depends on how large the pieces are.
      outcomes.push([events, errors, facts, left.equals(content), [...new Set(called)].sort()]);
      if (names.includes('destroy')) expect(called.filter((name) => name.endsWith('destroy'))).toHaveLength(2);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[1][4]).not.toEqual([]);
  });

  test('a destroy of its own is called once when the streams are destroyed on the way', async () => {
    const called: string[] = [];
    const target = path.join(folder, 'own-destroyed');
    const [from, sink] = withOwn(ours, ['destroy'], 'option', target, called);
    sink.on('error', ({ code }: any) => expect(code).toBe('ERR_STREAM_DESTROYED'));
    const closed = Promise.all([from, sink].map((stream) => new Promise((resolve) => stream.on('close', resolve))));
    from.pipe(sink);
    sink.once('drain', () =>
      setImmediate(() => {
        from.destroy();
        sink.destroy();
      }),
    );
    await closed;
    expect(called.sort()).toEqual(['from destroy', 'to destroy']);
    const left = fs.readFileSync(target);
    expect(left.equals(content.subarray(0, left.length))).toBe(true);
  });

  test('an end from elsewhere comes after what is under way', async () => {
    const file = path.join(folder, 'ended');
    const from = ours.createReadStream(source);
    const sink = ours.createWriteStream(file);
    sink.on('error', ({ code }: any) => expect(code).toBe('ERR_STREAM_WRITE_AFTER_END'));
    let finished = -1;
    sink.on('finish', () => (finished = fs.statSync(file).size));
    from.pipe(sink);
    let tail = ''; // the pipe was faster, or never had to wait
    sink.once('drain', () =>
      setImmediate(() => {
        if (!sink.writableEnded) tail = '<tail>';
        sink.end('<tail>');
      }),
    );
    await new Promise((resolve) => sink.on('close', resolve));
    from.destroy();
    const left = fs.readFileSync(file);
    const before = left.length - tail.length;
    expect(left.subarray(before).toString()).toBe(tail);
    expect(left.subarray(0, before).equals(content.subarray(0, tail ? before : content.length))).toBe(true);
    expect([finished, sink.bytesWritten]).toEqual([left.length, left.length]);
  });

  test('pipelines and what stands between', async () => {
    const run = promisify(pipeline);
    const target = path.join(folder, 'pipeline');
    await run(ours.createReadStream(source), ours.createWriteStream(target));
    expect(fs.readFileSync(target).equals(content)).toBe(true);
    await run(ours.createReadStream(source), zlib.createGzip({ level: 1 }), ours.createWriteStream(target));
    expect(zlib.gunzipSync(fs.readFileSync(target)).equals(content)).toBe(true);
    await run(ours.createReadStream(target), zlib.createGunzip(), ours.createWriteStream(`${target}-2`));
    expect(fs.readFileSync(`${target}-2`).equals(content)).toBe(true);
    const parts: Buffer[] = [];
    for await (const part of ours.createReadStream(source)) parts.push(part);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    const aborted = AbortSignal.timeout(1);
    const error: any = await require('node:stream/promises')
      .pipeline(ours.createReadStream(source), new PassThrough(), ours.createWriteStream(target), { signal: aborted })
      .catch((reason: any) => reason);
    if (error) expect(error.name).toBe('AbortError');
  });

  test.skipIf(!fs.existsSync('/dev/full'))('a full disk', async () => {
    const outcome = async (fs: any) => {
      const error: any = await promisify(pipeline)(
        fs.createReadStream(source),
        fs.createWriteStream('/dev/full'),
      ).catch((reason) => reason);
      return [error.code, error.syscall, error.message];
    };
    expect(await outcome(ours)).toEqual(await outcome(fs));
  });
});
