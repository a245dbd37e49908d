const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const body = { id: pathname.slice(7), page: searchParams.get('page'), by: request.headers.get('x-request-id') };
    return Response.json(body, { headers: { 'cache-control': 'no-store', vary: 'accept' } });
  },
});
console.log(server.port);
