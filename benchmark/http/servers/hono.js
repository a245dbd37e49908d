const { Hono } = require('hono');
const { serve } = require('@hono/node-server');

const large = 'x'.repeat(64 * 1024);
const chunk = new Uint8Array(4096).fill(120);
const app = new Hono();

app.get('/', (context) => context.text('hello'));
app.get('/static', (context) => context.text('hello'));
app.get('/large', (context) => context.text(large));
app.get('/headers', (context) => context.text(context.req.header('x-field-99')));
app.post('/echo', async (context) => context.text(await context.req.text()));
app.get('/stream', (context) => {
  let count = 0;
  const pull = (controller) => (count++ < 16 ? controller.enqueue(chunk) : controller.close());
  return context.body(new ReadableStream({ pull }));
});
app.get('/items/:id', (context) => {
  const id = context.req.param('id');
  const page = context.req.query('page');
  if (page === undefined) return context.json({ id });
  const by = context.req.header('x-request-id');
  return context.json({ id, page, by }, 200, { 'cache-control': 'no-store', vary: 'accept' });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port));
