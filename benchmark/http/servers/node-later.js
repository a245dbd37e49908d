const server = require('node:http').createServer((_, response) => setImmediate(() => response.end('hello')));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
