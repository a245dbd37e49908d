const fs = require('node:fs');
const path = require('node:path');
const file = (name) => fs.readFileSync(path.join(__dirname, '../../../__test__/bun/fixtures/tls', name));
const server = require('node:http2').createSecureServer(
  { key: file('localhost.key'), cert: file('localhost.pem'), allowHTTP1: true },
  (request, response) => {
    response.setHeader('content-type', 'text/plain;charset=utf-8');
    response.end('hello');
  },
);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
