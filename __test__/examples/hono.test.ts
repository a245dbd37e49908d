import { describe, expect, test } from 'bun:test';
import { type Answer, type Service, askAll } from './service';

const json = { 'content-type': 'application/json' };

function withoutLength({ headers, ...rest }: Answer) {
  const { 'content-length': _, ...others } = headers;
  return { ...rest, headers: others };
}

async function everything({ ask }: Service) {
  return {
    root: await ask('/'),
    list: await ask('/books'),
    query: await ask('/books?after=2000'),
    one: await ask('/books/1'),
    // Hono answers HEAD with a null body. Bun sends `content-length: 0` then, dx-compat no length: both say nothing.
    head: withoutLength(await ask('/books/1', { method: 'HEAD' })),
    missing: await ask('/books/9'),
    added: await ask('/books', { method: 'POST', headers: json, body: '{"title":" Kindred ","year":1979}' }),
    untitled: await ask('/books', { method: 'POST', headers: json, body: '{"title":" "}' }),
    malformed: await ask('/books', { method: 'POST', headers: json, body: '{"title":' }),
    after: await ask('/books/3'),
    stream: await ask('/count'),
    broken: await ask('/broken'),
    nowhere: await ask('/no/such/päge?x=%20'.replace('ä', '%C3%A4')),
  };
}

describe('examples/hono', () => {
  test('answers the same on every runtime', async () => {
    const answers = await askAll('hono', everything);
    for (const [, given] of Object.entries(answers)) {
      expect(given.root).toMatchObject({ status: 200, body: 'Books: GET /books, GET /books/1, POST /books' });
      expect(given.root.headers['x-served-by']).toBe('hono');
      expect(JSON.parse(given.list.body)).toHaveLength(2);
      expect(JSON.parse(given.query.body)).toEqual([{ id: 2, title: 'Piranesi', year: 2020 }]);
      expect(given.head).toMatchObject({ status: 200, body: '' });
      expect(given.missing).toMatchObject({ status: 404, body: '{"error":"no such book"}' });
      expect(given.added).toMatchObject({ status: 201, body: '{"id":3,"title":"Kindred","year":1979}' });
      expect(given.added.headers.location).toBe('/books/3');
      expect(given.untitled.status).toBe(422);
      expect(given.malformed.status).toBe(400);
      expect(given.after.body).toBe(given.added.body);
      expect(given.stream.body).toBe('one\ntwo\nthree\n');
      expect(given.broken).toMatchObject({ status: 500, body: '{"error":"something broke"}' });
      expect(given.nowhere.status).toBe(404);
      expect(given).toEqual(answers.bun);
    }
  }, 60_000);
});
