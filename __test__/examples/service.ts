/** Starts an example as a program of its own, on real Bun or on Node with dx-compat, and talks HTTP to it. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const root = path.dirname(path.dirname(import.meta.dirname));
const bun = path.join(path.dirname(createRequire(import.meta.url).resolve('bun/package.json')), 'bin', 'bun.exe');

export type Runtime = 'bun' | 'node';

/** On real Bun a test proves that the program does what the test says; on Node both have to answer the same. */
export const runtimes: Runtime[] = isDxCompat ? ['bun', 'node'] : ['bun'];

const commands: Record<Runtime, string[]> = {
  bun: [bun, 'run'],
  node: [process.env.DX_COMPAT_NODE ?? 'node', path.join(root, 'bin', 'dx-compat.js'), 'run'],
};

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Service {
  ask(target: string, options?: Ask): Promise<Answer>;
  /** Ends it as Ctrl-C would and gives how it ended. */
  stop(): Promise<{ code: number | null; signal: string | null; stderr: string }>;
}

export async function start(runtime: Runtime, example: string, env: Record<string, string> = {}): Promise<Service> {
  const port = await freePort();
  const [executable, ...args] = commands[runtime];
  const child = spawn(executable, [...args, 'server.ts'], {
    cwd: path.join(root, 'examples', example),
    env: { ...process.env, NODE_ENV: '', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  const failed = ended.then(({ code }) => {
    throw new Error(`${example} on ${runtime} ended with ${code} before it listened:\n${stderr}`);
  });
  failed.catch(() => {});
  await Promise.race([listening(port), failed]);
  return {
    ask: (target, options) => ask(port, target, options),
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** Asks every runtime the same and gives the answers by runtime. */
export async function askAll<T>(
  example: string,
  script: (service: Service) => Promise<T>,
  env?: Record<string, string>,
): Promise<Record<string, T>> {
  const results: Record<string, T> = {};
  for (const runtime of runtimes) {
    const service = await start(runtime, example, env);
    try {
      results[runtime] = await script(service);
    } finally {
      await service.stop();
    }
  }
  return results;
}

function ask(port: number, target: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: target, method, headers, agent: false };
    const request = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { date: _date, connection: _connection, 'keep-alive': _alive, ...rest } = response.headers;
        const shown = Object.fromEntries(
          Object.entries(rest)
            .map(([name, value]) => [name, String(value)])
            .sort(),
        );
        resolve({ status: response.statusCode!, headers: shown, body: Buffer.concat(chunks).toString() });
      });
    });
    request.setTimeout(10_000, () => request.destroy(new Error(`no answer to ${method} ${target}`)));
    request.on('error', reject);
    request.end(body);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function listening(port: number): Promise<void> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('nothing listens');
}
