const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
const sizes = { '1k': 1024, '1m': 1024 * 1024, '100m': 100 * 1024 * 1024 };
for (const [name, size] of Object.entries(sizes)) fs.writeFileSync(path.join(folder, name), Buffer.alloc(size, 'x'));
process.once('SIGTERM', () => {
  fs.rmSync(folder, { recursive: true });
  process.exit();
});
const large = 'x'.repeat(64 * 1024);
const chunk = Buffer.alloc(4096, 120);
const TEXT = { 'content-type': 'text/plain;charset=utf-8' };

function send(response, body, headers = TEXT) {
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const server = require('node:http').createServer(async (request, response) => {
  const { url } = request;
  if (url === '/static') return send(response, 'hello');
  if (url === '/large') return send(response, large);
  if (url === '/headers') return send(response, request.headers['x-field-99']);
  if (url.startsWith('/items/'))
    return send(response, JSON.stringify({ id: url.slice(7) }), { 'content-type': 'application/json' });
  if (url === '/echo') {
    let text = '';
    for await (const part of request) text += part;
    return send(response, text);
  }
  if (url === '/stream') {
    response.writeHead(200, TEXT);
    for (let count = 0; count < 16; count++) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    return response.end();
  }
  const name = url.slice(6);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sizes[name] });
  fs.createReadStream(path.join(folder, name)).pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
