// The load generators are small C programs, so that they cost less than any server that they measure.
import { spawn } from 'node:child_process';
import { build } from './native.mjs';

/**
 * @typedef {object} Load
 * @property {number} port
 * @property {number} milliseconds
 * @property {string} [path]
 * @property {number} [connections]
 * @property {string[]} [headers]
 * @property {string} [body]
 * @property {number} [pipeline] requests at once on each connection
 * @property {'echo' | 'publish'} [websocket] messages of `size` bytes instead of requests
 * @property {number} [size]
 * @property {string[]} [h2load] arguments for h2load instead; `URL` stands for the server
 */

/** @param {Load} load @returns {Promise<number>} requests or messages per second */
export async function startLoad(load) {
  if (load.h2load) return h2load(load);
  const { port, milliseconds, path: target = '/', connections = 64, headers = [], body, pipeline = 1 } = load;
  const common = [port, connections, milliseconds].map(String);
  if (load.websocket) {
    const words = [...common, String(load.size), load.websocket];
    return Number(await run(build('benchmark/websocket/load.c'), words));
  }
  const lines = [`${body ? 'POST' : 'GET'} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers];
  if (body) lines.push(`Content-Length: ${body.length}`);
  const request = [...lines, '', body ?? ''].join('\r\n');
  return Number(await run(build('benchmark/http/load.c'), [...common, request, String(pipeline)]));
}

/** @param {Load} load */
async function h2load({ port, milliseconds, path: target = '/', h2load: words = [] }) {
  const url = `https://127.0.0.1:${port}${target}`;
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  const output = await run('h2load', ['-D', String(seconds), ...words, url]);
  const failed = Number(/(\d+) failed/.exec(output)?.[1]);
  if (failed) throw new Error(`h2load: ${failed} requests failed`);
  return Number(/([\d.]+) req\/s/.exec(output)?.[1]);
}

/** @param {string} command @param {string[]} words @returns {Promise<string>} what it printed */
async function run(command, words) {
  const child = spawn(command, words);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  if (status !== 0) throw new Error(`the load generator failed: ${output}`);
  return output;
}
