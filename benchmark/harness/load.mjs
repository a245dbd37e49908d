// The load generator is a small C program, so that it costs less than any server that it measures. Built on first use.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(path.dirname(import.meta.dirname));
const source = path.join(root, 'benchmark', 'http', 'load.c');
const binary = path.join(root, '.cache', 'load');

/**
 * @param {{ port: number, milliseconds: number, path?: string, connections?: number, headers?: string[] }} options
 * @returns {Promise<number>} requests per second
 */
export async function startLoad({ port, milliseconds, path: target = '/', connections = 64, headers = [] }) {
  build();
  const request = [`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, '', ''].join('\r\n');
  const child = spawn(binary, [String(port), String(connections), String(milliseconds), request]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`the load generator failed: ${output}`);
  return Number(output);
}

function build() {
  if (fs.existsSync(binary) && fs.statSync(binary).mtimeMs > fs.statSync(source).mtimeMs) return;
  fs.mkdirSync(path.dirname(binary), { recursive: true });
  const { status, stderr } = spawnSync(process.env.CC ?? 'cc', ['-O2', '-o', binary, source], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the load generator did not compile: ${stderr}`);
}
