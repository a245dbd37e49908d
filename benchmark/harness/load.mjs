// The load generator is a small C program, so that it costs less than any server that it measures.
import { spawn } from 'node:child_process';
import { build } from './native.mjs';

/**
 * @param {{ port: number, milliseconds: number, path?: string, connections?: number, headers?: string[], body?: string }} options
 * @returns {Promise<number>} requests per second
 */
export async function startLoad({ port, milliseconds, path: target = '/', connections = 64, headers = [], body }) {
  const binary = build('benchmark/http/load.c');
  const lines = [`${body ? 'POST' : 'GET'} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers];
  if (body) lines.push(`Content-Length: ${body.length}`);
  const request = [...lines, '', body ?? ''].join('\r\n');
  const child = spawn(binary, [String(port), String(connections), String(milliseconds), request]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`the load generator failed: ${output}`);
  return Number(output);
}
