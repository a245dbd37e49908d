const server = require('node:http').createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const body = { id: pathname.slice(7), page: searchParams.get('page'), by: request.headers['x-request-id'] };
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store', vary: 'accept' });
  response.end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
