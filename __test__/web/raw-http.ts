/** A TCP client that says exactly what a test wants to say. */

import { once } from 'node:events';
import net from 'node:net';

export const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** Sends parts (a number is a pause in ms) and gives all that comes back until `until` is seen or the peer closes. */
export async function talk(
  port: number | undefined,
  parts: (string | number)[] | string,
  until: string | RegExp | null = null,
  { halfClose = false } = {},
): Promise<string> {
  const socket = net.connect({ port: port as number, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  let text = '';
  const seen = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (until !== null && (typeof until === 'string' ? text.includes(until) : until.test(text))) resolve();
    });
    socket.on('end', () => resolve());
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
  for (const part of [parts].flat()) {
    if (typeof part === 'number') await new Promise((resolve) => setTimeout(resolve, part));
    else socket.write(part, 'latin1');
  }
  if (halfClose) socket.end();
  await seen;
  socket.destroy();
  return text;
}
