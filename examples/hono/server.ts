/** A Hono app the way `bun run` serves it: the default export has a `fetch`, so the runtime starts `Bun.serve` with it. */
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { validator } from 'hono/validator';

interface Book {
  id: number;
  title: string;
  year?: number;
}

const books = new Map<number, Book>([
  [1, { id: 1, title: 'The Dispossessed', year: 1974 }],
  [2, { id: 2, title: 'Piranesi', year: 2020 }],
]);

const app = new Hono();

app.use(async (c, next) => {
  await next();
  c.header('x-served-by', 'hono');
});

app.get('/', (c) => c.text('Books: GET /books, GET /books/1, POST /books'));

app.get('/books', (c) => {
  const after = Number(c.req.query('after') ?? 0);
  return c.json([...books.values()].filter(({ year = 0 }) => year > after));
});

app.get('/books/:id{[0-9]+}', (c) => {
  const book = books.get(Number(c.req.param('id')));
  if (!book) throw new HTTPException(404, { message: 'no such book' });
  return c.json(book);
});

app.post(
  '/books',
  validator('json', (value, c) => {
    const title: unknown = value.title;
    if (typeof title !== 'string' || !title.trim()) return c.json({ error: 'a book needs a title' }, 422);
    return { title: title.trim(), year: Number.isInteger(value.year) ? (value.year as number) : undefined };
  }),
  (c) => {
    const book = { id: books.size + 1, ...c.req.valid('json') };
    books.set(book.id, book);
    return c.json(book, 201, { location: `/books/${book.id}` });
  },
);

app.get('/count', (c) => {
  const lines = new ReadableStream({
    async start(controller) {
      for (const word of ['one\n', 'two\n', 'three\n']) {
        controller.enqueue(new TextEncoder().encode(word));
        await Bun.sleep(1);
      }
      controller.close();
    },
  });
  return c.body(lines, 200, { 'content-type': 'text/plain' });
});

app.get('/broken', () => {
  throw new Error('on purpose');
});

app.notFound((c) => c.json({ error: `nothing at ${c.req.path}` }, 404));
app.onError((error, c) => {
  if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
  return c.json({ error: 'something broke' }, 500);
});

export default app;
