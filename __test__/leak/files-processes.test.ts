import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let dir: string;
const at = (name: string) => path.join(dir, name);
const linux = process.platform === 'linux';
const descriptors = () => fs.readdirSync('/proc/self/fd').length;
const settle = async () => {
  for (let i = 0; i < 5; i++) {
    Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-leak-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** Runs the work a few times, then counts descriptors over many more. */
async function expectNoDescriptors(work: () => Promise<unknown>, times: number) {
  for (let i = 0; i < 5; i++) await work();
  await settle();
  const before = descriptors();
  for (let i = 0; i < times; i++) await work();
  await settle();
  expect(descriptors()).toBeLessThanOrEqual(before + 2);
}

describe.skipIf(!linux)('descriptors', () => {
  test('reads, writes, streams, errors', async () => {
    fs.writeFileSync(at('small'), 'x'.repeat(1000));
    fs.writeFileSync(at('large'), 'x'.repeat(600_000));
    await expectNoDescriptors(async () => {
      for (const name of ['small', 'large']) {
        const file = Bun.file(at(name));
        await file.text();
        await file.bytes();
        for await (const chunk of file.stream() as any) if (chunk.length > 0) break;
        await Bun.write(at('copy'), file);
        await Bun.write(at('copy'), new Response(file.stream()));
      }
      await Bun.write(at('out'), Buffer.alloc(300_000));
      await Bun.file(dir)
        .text()
        .catch(() => {});
      await Bun.file(at('none'))
        .text()
        .catch(() => {});
      await Bun.write(dir, 'x').catch(() => {});
      await Bun.write('/dev/full', Buffer.alloc(300_000)).catch(() => {});
      const writer = Bun.file(at('sink')).writer();
      writer.write('x');
      await writer.end();
    }, 50);
  });

  test('children of every kind', async () => {
    const pids: number[] = [];
    const watch = async (child: any) => {
      pids.push(child.pid);
      await child.exited;
    };
    await expectNoDescriptors(async () => {
      await watch(Bun.spawn(['true']));
      const cat = Bun.spawn(['cat'], { stdin: 'pipe', stderr: 'pipe' });
      cat.stdin.write('x');
      await cat.stdin.end();
      await cat.stdout.text();
      await watch(cat);
      const fed = Bun.spawn(['cat'], { stdin: new Response('x'), stdout: Bun.file(at('fed')) });
      await watch(fed);
      const cancelled = Bun.spawn(['yes'], { stderr: 'ignore' });
      await cancelled.stdout.cancel();
      await watch(cancelled);
      const talking = Bun.spawn(['true'], { ipc() {} });
      await watch(talking);
      Bun.spawnSync(['cat'], { stdin: Buffer.from('x') });
      for (const wrong of [['no-such-program'], ['/no/such'], [dir]])
        expect(() => Bun.spawn(wrong, { stdin: 'pipe' })).toThrow();
      expect(() => Bun.spawn(['true'], { stdin: Bun.file(at('fed')), stdout: -1 as any })).toThrow();
    }, 30);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/); // no zombie is left
  }, 30_000);
});

test.skipIf(!linux)(
  'memory comes back',
  async () => {
    fs.writeFileSync(at('memory'), Buffer.alloc(32_000_000, 'x'));
    const file = Bun.file(at('memory'));
    const round = async () => {
      for (let i = 0; i < 10; i++) {
        expect((await file.bytes()).byteLength).toBe(32_000_000);
        expect((await file.text()).length).toBe(32_000_000);
        Bun.gc(true);
      }
      await settle();
    };
    await round();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 3; i++) await round();
    expect(process.memoryUsage().rss - before).toBeLessThan(256_000_000);
  },
  60_000,
);
