const path = require('node:path');
const file = (name) => path.join(__dirname, '../../../__test__/bun/fixtures/tls', name);
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  tls: { keyFile: file('localhost.key'), certFile: file('localhost.pem') },
  http3: true,
  fetch: () => new Response('hello'),
});
console.log(server.port);
