import { $ } from 'bun';
import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const descriptors = () => (fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd').length : 0);

/** Children of this process that have ended and were not reaped. */
function zombies() {
  if (!fs.existsSync('/proc')) return 0;
  const isOurs = (pid: string) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return stat[0] === 'Z' && stat[1] === String(process.pid);
    } catch {
      return false;
    }
  };
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name)).length;
}

test('many shells at once leave nothing', async () => {
  await $`echo warm | cat; /bin/true`.quiet();
  const before = descriptors();
  // Bun starts a program for each `cat`.
  const count = isDxCompat ? 1000 : 300;
  const shells = Array.from({ length: count }, (_, i) => $`echo ${i} | cat | cat`.text());
  expect((await Promise.all(shells)).join('')).toBe(Array.from({ length: count }, (_, i) => `${i}\n`).join(''));
  const programs = Array.from({ length: 60 }, (_, i) =>
    $`sh -c ${`echo ${i}; echo e >&2; exit ${i % 2}`}`.nothrow().quiet(),
  );
  expect((await Promise.all(programs)).map(({ exitCode }) => exitCode)).toEqual(programs.map((_, i) => i % 2));
  expect(zombies()).toBe(0);
  expect(descriptors()).toBeLessThanOrEqual(before + 4);
});

test('a child that fills standard error', async () => {
  const { stdout, stderr } = await $`sh -c 'yes error | head -c 500000 >&2; echo done'`.quiet();
  expect([stdout.toString(), stderr.length]).toEqual(['done\n', 500_000]);
});

test('a reader that goes ends the writer', async () => {
  expect(await $`yes | head -n 2`.text()).toBe('y\ny\n');
  expect(await $`sh -c 'yes' | head -n 1`.text()).toBe('y\n');
});

test('a slow reader holds the writer', async () => {
  const size = 3_000_000;
  expect(await $`head -c ${size} /dev/zero | sh -c 'sleep 0.05; wc -c'`.text()).toMatch(new RegExp(`^ *${size}\n$`));
});

test('a file through pipes', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-pipes-'));
  try {
    const file = path.join(folder, 'lines');
    const text = Array.from({ length: 300_000 }, (_, i) => `line ${i}\n`).join('');
    fs.writeFileSync(file, text);
    expect((await $`cat ${file} | cat | cat`.text()) === text).toBe(true);
    expect((await $`cat ${file} ${file} | wc -c`.text()).trim()).toBe(String(text.length * 2));
    expect(await $`cat ${file} | head -n 2`.text()).toBe('line 0\nline 1\n');
    await $`cat ${file} > ${path.join(folder, 'copy')}`;
    expect(fs.readFileSync(path.join(folder, 'copy'), 'utf8') === text).toBe(true);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test('bytes that are no text', async () => {
  const bytes = new Uint8Array(256).map((_, i) => i);
  expect([...(await $`cat < ${bytes} | cat`.bytes())]).toEqual([...bytes]);
});

// Bun 1.4.5 has neither functions nor `&`.
describe.skipIf(!isDxCompat)('limits', () => {
  test('recursion ends with a message', async () => {
    const { exitCode, stderr } = await $`f() { f; }; f`.quiet().nothrow();
    expect(exitCode).toBe(1);
    expect(stderr.toString()).toContain('maximum function nesting level exceeded');
  });

  test('deep nesting and too many braces are syntax errors', () => {
    const error = (raw: string) => {
      try {
        $`${{ raw }}`;
      } catch (thrown) {
        return String(thrown);
      }
      return '';
    };
    expect(error('('.repeat(5000))).toContain('Too many constructs inside one another');
    expect(error(`echo ${'$(echo '.repeat(5000)}`)).toContain('Too many constructs inside one another');
    expect(error(`echo ${'{a,b}'.repeat(40)}`)).toContain('Too many brace expansions');
  });

  test('long words and braces without end are read in one pass', () => {
    const parse = (raw: string) => {
      const start = performance.now();
      try {
        $`${{ raw }}`;
      } catch {
        // some are errors
      }
      return performance.now() - start;
    };
    const texts = [`echo ${'x'.repeat(1e6)}`, `${'A'.repeat(1e6)} <!`, `echo ${'{'.repeat(2e5)}`];
    texts.push(`echo ${'{'.repeat(1e5)}${'}'.repeat(1e5)}`, `a=(${'[1]=x '.repeat(5e4)})`, `echo ${'"a"'.repeat(2e5)}`);
    for (const text of texts) expect(parse(text)).toBeLessThan(1500);
  });

  test('a wait for a named pipe ends with the worker', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-fifo-'));
    const fifo = path.join(folder, 'pipe');
    Bun.spawnSync(['mkfifo', fifo]);
    const { Worker } = await import('node:worker_threads');
    const code = `
      require(${JSON.stringify(require.resolve('../../index.js'))});
      for (const command of ['cat', 'wc -l <', 'grep x'])
        Bun.$\`\${{ raw: command }} ${fifo}\`.quiet().catch(() => {});
      setTimeout(() => require('node:worker_threads').parentPort.postMessage('started'), 100);`;
    const isShell = (id: string) => {
      try {
        return fs.readFileSync(`/proc/self/task/${id}/comm`, 'utf8').startsWith('dx-shell');
      } catch {
        return false;
      }
    };
    const threads = () => fs.readdirSync('/proc/self/task').filter(isShell).length;
    // Idle threads of the pool, those of other tests, too, wait three seconds for more.
    const none = async () => {
      for (let i = 0; i < 100 && threads() > 0; i++) await Bun.sleep(100);
      return threads();
    };
    expect(await none()).toBe(0);
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    expect(threads()).toBeGreaterThan(0);
    await worker.terminate();
    expect(await none()).toBe(0);
    fs.rmSync(folder, { recursive: true });
  }, 30_000);

  test('jobs that are left behind do not hold the script', async () => {
    const start = performance.now();
    expect(await $`sleep 5 > /dev/null 2>&1 & echo here`.text()).toBe('here\n');
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test('a worker that is terminated ends its programs', async () => {
    const marker = `3${process.pid}.25`;
    const { Worker } = await import('node:worker_threads');
    const code = `
      require(${JSON.stringify(require.resolve('../../index.js'))});
      Bun.$\`sleep ${marker}\`.quiet().catch(() => {});
      Bun.$\`while true; do sleep 0.01; done | cat\`.quiet().catch(() => {});
      setTimeout(() => require('node:worker_threads').parentPort.postMessage('started'), 150);`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    await Bun.sleep(300);
    const running = fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
        } catch {
          return false;
        }
      });
    expect(running).toEqual([]);
  });
});
