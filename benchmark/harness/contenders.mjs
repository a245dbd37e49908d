// Starts the contenders of a case. A case is one of:
//
//   { name, unit: 'ns', bun: factory, peers: { 'better-sqlite3': factory } }
//     in-process work: `bun` runs on real Bun and, unchanged, on Node with dx-compat; the peers run on plain Node.
//     `native`: the arguments of a program that does the same without JavaScript (native-loop.mjs).
//     A factory prepares and gives `run(iterations)`, or `{ run, close }`; `run` may be async.
//     `limit: [source.c, …words]`: a C program that does no more than the kernel's part of it, in a column of its own; it
//     answers as `worker.mjs` does.
//   { name, unit: 'ms', programs: { ours: [file, …], bun: […], node: […] } }
//     the time from starting a process to its end; with `printed: true` the number that it prints. The median of three
//     runs, or of `runs`. `limit` as above; the program ends by itself.
//   { name, unit: 'requests/s', better: 'higher', servers: { ours: [file], bun: [file], 'node:http': [file] }, load }
//     requests in a slice; a server prints its port. `load`: load.mjs. With `cpu: 'user' | 'system' | 'total'` it is the
//     microseconds of CPU time that the server spent on a request, with `idle: N` the bytes of memory that one of N
//     connections takes, with `latency: 'p50' | 'p99'` the microseconds that so many answers took at most. `floor: source.c`
//     is a server that does the kernel's part only. With `--pin` server and load have a processor each.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { bun, pinned, startLoad } from './load.mjs';
import { cpuTime, residentBytes } from './usage.mjs';
import { median } from './median.mjs';
import { build } from './native.mjs';
import { openNative } from './native-loop.mjs';

const root = path.dirname(path.dirname(import.meta.dirname));
const worker = path.join(import.meta.dirname, 'worker.mjs');

/**
 * @typedef {{ name: string, measure: (milliseconds: number) => Promise<number>, close: () => unknown }} Contender
 * @typedef {{ name: string, runtime: 'ours' | 'bun' | 'node' | 'native', node: string, key: string }} Entry
 */

/**
 * @param {{ file: string, index: number, spec: any, nodes: string[], pin: boolean }} options
 * @returns {Promise<Contender[]>}
 */
export async function openContenders({ file, index, spec, nodes, pin }) {
  const keys = spec.programs ?? spec.servers ?? { ours: 1, bun: 1, ...spec.peers };
  /** @type {Entry[]} */
  const entries = [];
  for (const key of Object.keys(keys)) {
    if (key === 'bun') entries.push({ name: 'Bun', runtime: 'bun', node: nodes[0], key });
    else {
      for (const node of nodes) {
        const major = spawnSync(node, ['-p', 'process.versions.node.split(".")[0]'], {
          encoding: 'utf8',
        }).stdout.trim();
        const runtime = key === 'ours' ? 'ours' : 'node';
        const label = key === 'ours' ? 'dx-compat' : key;
        entries.push({ name: `${label}, Node ${major}`, runtime, node, key });
      }
    }
  }
  if (spec.limit) entries.push({ name: "the kernel's limit", runtime: 'native', node: '', key: 'limit' });
  if (spec.floor) entries.push({ name: 'a bare epoll server', runtime: 'native', node: '', key: 'floor' });
  const contenders = [];
  for (const entry of entries) {
    const contender = spec.servers
      ? await openServer(entry, spec, pin)
      : await (spec.programs ? openProgram : openWorker)(entry, spec, file, index);
    if (contender) contenders.push({ name: entry.name, ...contender });
  }
  const native = await openNative(spec, lineReader);
  if (native) contenders.push(native);
  return contenders;
}

/** @param {Entry} entry @param {string[]} args @returns {[string, string[]]} */
function command({ runtime, node }, args) {
  if (runtime === 'bun') return [bun, args];
  if (runtime === 'native') return [build(args[0]), args.slice(1)];
  if (runtime === 'ours') return [node, [path.join(root, 'bin', 'dx-compat.js'), ...args]];
  return [node, args];
}

/** @param {Entry} entry @param {any} spec @param {string} file @param {number} index */
async function openWorker(entry, spec, file, index) {
  const register = entry.runtime === 'ours' ? ['--import', path.join(root, 'register.js')] : [];
  const native = entry.runtime === 'native';
  const executable = native ? build(spec.limit[0]) : entry.runtime === 'bun' ? bun : entry.node;
  const words = native ? spec.limit.slice(1) : [...register, worker, file, String(index), entry.key];
  const child = spawn(executable, words.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = lineReader(child.stdout);
  const first = await lines();
  if (first !== 'ready') {
    console.log(`  (${entry.name} is left out: ${first || 'it ended'})`);
    child.kill();
    return;
  }
  return {
    measure: async (/** @type {number} */ milliseconds) => {
      child.stdin.write(`${milliseconds}\n`);
      const line = await lines();
      if (line === '') throw new Error(`${spec.name}: ${entry.name} ended in a slice`);
      return Number(line);
    },
    close: () => child.kill(),
  };
}

/** @param {Entry} entry @param {any} spec */
async function openProgram(entry, spec) {
  const [executable, args] = command(entry, entry.runtime === 'native' ? spec.limit : spec.programs[entry.key]);
  const once = () => {
    const started = process.hrtime.bigint();
    const { status, stdout, stderr } = spawnSync(executable, args, { encoding: 'utf8', cwd: root });
    const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
    if (status !== 0) throw new Error(`${entry.name}: ${stderr}`);
    return spec.printed ? Number(stdout) : elapsed;
  };
  return { measure: async () => median(Array.from({ length: spec.runs ?? 3 }, once)), close: () => {} };
}

/** @param {Entry} entry @param {any} spec @param {boolean} pin */
async function openServer(entry, spec, pin) {
  const [serverProcessor, processor] = pin ? ['0', '1'] : [];
  const server = await startServer(entry, spec, serverProcessor);
  if (!server) return;
  const { child, port, pid } = server;
  const measure = async (/** @type {number} */ slice) => {
    if (spec.idle) {
      // A process that had so many connections before keeps their memory: each round has a server of its own.
      const fresh = await startServer(entry, spec, serverProcessor);
      if (!fresh) throw new Error(`${entry.name} did not start again`);
      const bytes = await idleBytes(fresh.pid, fresh.port, spec.idle, spec.load);
      fresh.child.kill();
      return bytes;
    }
    const milliseconds = slice * 4;
    const before = spec.cpu ? cpuTime(pid) : null;
    const load = await startLoad({ port, milliseconds, processor, ...spec.load });
    const { rate } = load;
    if (spec.latency) return Number(load[/** @type {'p50'} */ (spec.latency)]);
    if (before === null) return rate;
    return (
      ((cpuTime(pid)[/** @type {'total'} */ (spec.cpu)] - before[/** @type {'total'} */ (spec.cpu)]) * 1e9) /
      (rate * milliseconds)
    );
  };
  return { measure, close: () => child.kill() };
}

/** @param {Entry} entry @param {any} spec @param {string | undefined} processor the only one that it runs on */
async function startServer(entry, spec, processor) {
  const [executable, args] = entry.key === 'floor' ? [build(spec.floor), []] : command(entry, spec.servers[entry.key]);
  const child = spawn(...pinned(processor, executable, args), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0' },
  });
  const port = Number(await lineReader(child.stdout)());
  if (port) return { child, port, pid: Number(child.pid) };
  console.log(`  (${entry.name} is left out: it did not start)`);
  child.kill();
}

/**
 * @param {number} pid
 * @param {number} port
 * @param {number} connections
 * @param {any} [load] with `websocket` the connections are upgraded
 * @returns {Promise<number>} bytes for each
 */
async function idleBytes(pid, port, connections, load = {}) {
  // What a process takes once it has worked is not the connections'.
  await startLoad({ port, milliseconds: 1000, ...load });
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const before = residentBytes(pid);
  const words = [String(port), String(connections), ...(load.websocket ? ['websocket'] : [])];
  const client = spawn(build('benchmark/http/idle.c'), words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await lineReader(client.stdout)();
  if (line !== 'ready') throw new Error('the idle connections were not made');
  await new Promise((resolve) => setTimeout(resolve, 5000)); // servers may give back what they need for a request only
  const bytes = (residentBytes(pid) - before) / connections;
  const closed = new Promise((resolve) => client.once('close', resolve));
  client.stdin.end();
  await closed;
  await new Promise((resolve) => setTimeout(resolve, 500));
  return bytes;
}

/** Gives a function that waits for the next line; '' when the stream has ended. @param {NodeJS.ReadableStream} stream */
function lineReader(stream) {
  const lines = stream.setEncoding('utf8').iterator({ destroyOnReturn: false });
  let rest = '';
  return async () => {
    while (!rest.includes('\n')) {
      const { done, value } = await lines.next();
      if (done) return rest;
      rest += value;
    }
    const [line] = rest.split('\n', 1);
    rest = rest.slice(line.length + 1);
    return line;
  };
}
