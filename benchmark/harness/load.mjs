// The load generators are small C programs, so that they cost less than any server that they measure.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from './native.mjs';

export const bun = path.join(
  path.dirname(createRequire(import.meta.url).resolve('bun/package.json')),
  'bin',
  'bun.exe',
);
const http3Load = path.join(import.meta.dirname, '../http/http3-load.js');

/**
 * @typedef {object} Load
 * @property {number} port
 * @property {number} milliseconds
 * @property {string} [path]
 * @property {number} [connections]
 * @property {string[]} [headers]
 * @property {number} [body] bytes of a body
 * @property {number} [pipeline] requests at once on each connection
 * @property {'echo' | 'publish'} [websocket] messages of `size` bytes instead of requests
 * @property {number} [size]
 * @property {string[]} [h2load] arguments for h2load instead
 * @property {number} [http3] requests at once over HTTP/3 instead, sent by `fetch` of Bun
 * @property {string} [processor] the only one that the load runs on
 */

/**
 * @param {Load} load
 * @returns {Promise<{ rate: number, p50?: number, p99?: number }>} requests or messages per second; the microseconds that
 *   half of the answers and 99 of 100 took
 */
export async function startLoad(load) {
  if (load.h2load) return { rate: await h2load(load) };
  const { port, milliseconds, path: target = '/', connections = 64, headers = [], body = 0, pipeline = 1 } = load;
  if (load.http3)
    return { rate: Number(await run(load, bun, [http3Load, port, milliseconds, load.http3].map(String))) };
  const common = [port, connections, milliseconds].map(String);
  if (load.websocket) {
    const words = [...common, String(load.size), load.websocket];
    return { rate: Number(await run(load, build('benchmark/websocket/load.c'), words)) };
  }
  const lines = [`${body ? 'POST' : 'GET'} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers];
  if (body) lines.push(`Content-Length: ${body}`);
  const head = [...lines, '', ''].join('\r\n');
  const words = [...common, head, String(pipeline), String(body)];
  const [rate, p50, p99] = (await run(load, build('benchmark/http/load.c'), words)).split(' ').map(Number);
  return { rate, p50, p99 };
}

/** @param {Load} load */
async function h2load(load) {
  const { port, milliseconds, path: target = '/', h2load: words = [] } = load;
  const url = `https://127.0.0.1:${port}${target}`;
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  const output = await run(load, 'h2load', ['-D', String(seconds), ...words, url]);
  const failed = Number(/(\d+) failed/.exec(output)?.[1]);
  if (failed) throw new Error(`h2load: ${failed} requests failed`);
  return Number(/([\d.]+) req\/s/.exec(output)?.[1]);
}

/** @param {Load} load @param {string} command @param {string[]} words @returns {Promise<string>} what it printed */
async function run({ processor }, command, words) {
  const child = spawn(...pinned(processor, command, words));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  if (status !== 0) throw new Error(`the load generator failed: ${output}`);
  return output;
}

/** A command on one processor, or on all. @param {string | undefined} processor @param {string} command @param {string[]} words @returns {[string, string[]]} */
export function pinned(processor, command, words) {
  return processor === undefined ? [command, words] : ['taskset', ['-c', processor, command, ...words]];
}
