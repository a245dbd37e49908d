const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
for (const [name, size] of Object.entries({ '1k': 1024, '1m': 1024 * 1024, '100m': 100 * 1024 * 1024 })) {
  fs.writeFileSync(path.join(folder, name), Buffer.alloc(size, 'x'));
}
process.once('SIGTERM', () => {
  fs.rmSync(folder, { recursive: true });
  process.exit();
});
const large = 'x'.repeat(64 * 1024);
const chunk = new Uint8Array(4096).fill(120);

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  routes: {
    '/static': new Response('hello'),
    '/items/:id': (request) => Response.json({ id: request.params.id }),
    '/file/1k': Bun.file(path.join(folder, '1k')),
    '/file/1m': Bun.file(path.join(folder, '1m')),
    '/file/100m': Bun.file(path.join(folder, '100m')),
    '/large': () => new Response(large),
    '/echo': { POST: async (request) => new Response(await request.text()) },
    '/headers': (request) => new Response(request.headers.get('x-field-99')),
    '/stream': () =>
      new Response(
        (async function* () {
          for (let count = 0; count < 16; count++) {
            yield chunk;
          }
        })(),
      ),
  },
  fetch: () => new Response('none', { status: 404 }),
});
console.log(server.port);
