const fastify = require('fastify')({ bodyLimit: 16 * 1024 * 1024 });
const large = 'x'.repeat(64 * 1024);
const chunk = Buffer.alloc(4096, 120);
const { Readable } = require('node:stream');

async function* chunks() {
  for (let count = 0; count < 16; count++) yield chunk;
}

fastify.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
fastify.get('/', () => 'hello');
fastify.get('/static', () => 'hello');
fastify.get('/large', () => large);
fastify.get('/headers', (request) => request.headers['x-field-99']);
fastify.post('/echo', (request) => request.body);
fastify.get('/stream', (_, reply) => reply.type('text/plain;charset=utf-8').send(Readable.from(chunks())));
fastify.get('/items/:id', (request, reply) => {
  const { id } = request.params;
  const { page } = request.query;
  if (page === undefined) return { id };
  reply.headers({ 'cache-control': 'no-store', vary: 'accept' });
  return { id, page, by: request.headers['x-request-id'] };
});
fastify.listen({ port: 0, host: '127.0.0.1' }).then(() => console.log(fastify.server.address().port));
