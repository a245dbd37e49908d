// Many shells, at once and one after another, and some that end badly: nothing hangs, no descriptor, thread or child is
// left. Run by hand, on either runtime:
//
//   npx bun __test__/leak/shell-soak.mjs
//   node bin/dx-compat.js __test__/leak/shell-soak.mjs [--quick]
import { $ } from 'bun';
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const quick = process.argv.includes('--quick');
const ours = Symbol.for('dx-compat.loader.installed') in globalThis;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-soak-'));
const self = `/proc/${process.pid}`;

function usage() {
  const status = fs.readFileSync(`${self}/status`, 'utf8');
  const number = (/** @type {string} */ name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const tasks = fs.readdirSync(`${self}/task`);
  const children = tasks.flatMap((task) => {
    try {
      return fs.readFileSync(`${self}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean);
    } catch {
      return [];
    }
  });
  return {
    descriptors: fs.readdirSync(`${self}/fd`).length,
    threads: tasks.length,
    children: children.length,
    megabytes: Math.round(number('VmRSS') / 1024),
  };
}

async function settled() {
  for (let i = 0; i < 10; i++) {
    Bun.gc(true);
    await sleep(50);
  }
  return usage();
}

/** @param {string} name @param {() => Promise<unknown>} work @param {{ warm?: boolean }} [options] */
async function part(name, work, { warm = true } = {}) {
  if (warm) await work();
  const before = await settled();
  const started = performance.now();
  const limit = sleep(120_000, 'hangs', { ref: false });
  assert.notEqual(await Promise.race([work(), limit]), 'hangs', `${name} hangs`);
  const time = Math.round(performance.now() - started);
  const after = await settled();
  console.log(`${name}: ${time} ms`, JSON.stringify(before), JSON.stringify(after));
  assert.ok(after.descriptors <= before.descriptors + 2, 'descriptors are left');
  // Idle threads wait for work for some seconds; the end asks whether they are gone.
  assert.ok(after.threads <= before.threads + 64, 'threads are left');
  assert.equal(after.children, before.children, 'children are left');
}

const first = usage();
const count = (/** @type {number} */ many) => (quick ? Math.ceil(many / 10) : many);
const run = (/** @type {string} */ script) => $`${{ raw: script }}`.quiet().nothrow();

await part(`${count(1000)} shells at once, builtins`, async () => {
  const outputs = await Promise.all(Array.from({ length: count(1000) }, (_, i) => $`echo ${i} | cat`.quiet()));
  outputs.forEach((output, i) => assert.equal(output.stdout.toString(), `${i}\n`));
});
await part(`${count(1000)} shells at once, each a program`, async () => {
  const outputs = await Promise.all(Array.from({ length: count(1000) }, (_, i) => $`/bin/echo ${i}`.quiet().nothrow()));
  outputs.forEach((output, i) => assert.equal(output.stdout.toString(), `${i}\n`, output.stderr.toString()));
});
await part(`${count(10_000)} shells in sequence, builtins`, async () => {
  for (let i = 0; i < count(10_000); i++) assert.equal(await $`echo ${i}`.text(), `${i}\n`);
});
await part(`${count(1000)} programs in sequence`, async () => {
  for (let i = 0; i < count(1000); i++) assert.equal((await $`/bin/true`.quiet()).exitCode, 0);
});
await part('a child that fills standard error', async () => {
  const { stdout, stderr } = await run(`sh -c 'head -c 5000000 /dev/zero >&2; echo done'`);
  assert.deepEqual([stdout.toString(), stderr.length], ['done\n', 5_000_000]);
});
await part('yes | head, a hundred times', async () => {
  for (let i = 0; i < 100; i++) assert.equal(await $`yes | head -n 3`.text(), 'y\ny\ny\n');
});
await part('/usr/bin/yes | head', async () => {
  for (let i = 0; i < 20; i++) assert.equal(await $`/usr/bin/yes | head -n 3`.text(), 'y\ny\ny\n');
});
await part('a child that a signal ends', async () => {
  for (let i = 0; i < 50; i++) {
    const { exitCode } = await run(`sh -c 'kill -9 $$'`);
    if (ours) assert.equal(exitCode, 137);
  }
});
await part('redirections that fail', async () => {
  for (let i = 0; i < 200; i++) {
    await run(`cat < ${folder}/none`);
    await run(`echo x > ${folder}/none/file`);
    await run(`no-such-command-here`);
  }
});
await part('a reader that ends early', async () => {
  for (let i = 0; i < 50; i++) {
    for await (const line of $`seq 100000`.lines()) if (line === '3') break;
  }
});
if (ours) {
  await part('loops, substitutions, here-documents, background', async () => {
    for (let i = 0; i < 100; i++) {
      const text = await $`${{ raw: 'for i in 1 2 3; do echo $(echo $i | cat) & done; wait; cat <<< end' }}`.text();
      assert.equal(text.split('\n').sort().join(), ',1,2,3,end');
    }
  });
  await part('process substitution', async () => {
    for (let i = 0; i < 50; i++) assert.equal(await $`${{ raw: 'cat <(echo a) <(echo b)' }}`.text(), 'a\nb\n');
  });
  await part('xargs -P and find -exec', async () => {
    for (let i = 0; i < 20; i++) {
      assert.equal((await $`seq 50 | xargs -P 8 -n 1 echo | sort -n | tail -n 1`.text()).trim(), '50');
      await $`find ${folder} -exec true {} +`.quiet();
    }
  });
}
fs.rmSync(folder, { recursive: true, force: true });
await sleep(15_000);
const last = usage();
console.log('at the end:', JSON.stringify(last));
assert.ok(last.threads <= first.threads + 8, 'threads are left');
console.log('nothing is left');
process.exit(0);
