import { describe, expect, test } from 'bun:test';
import { type Service, askAll } from './service';

const json = { 'content-type': 'application/json' };

async function everything({ ask }: Service) {
  return {
    root: await ask('/'),
    list: await ask('/tasks'),
    added: await ask('/tasks', { method: 'POST', headers: json, body: '{"text":"Water the plants"}' }),
    empty: await ask('/tasks', { method: 'POST', headers: json, body: '{"text":""}' }),
    done: await ask('/tasks/1', { method: 'PATCH', headers: json, body: '{"done":true}' }),
    missing: await ask('/tasks/7', { method: 'PATCH', headers: json, body: '{"done":true}' }),
    odd: await ask('/tasks/seven', { method: 'PATCH', headers: json, body: '{"done":true}' }),
    finished: await ask('/tasks?done=true'),
    broken: await ask('/broken'),
    nowhere: await ask('/nowhere'),
  };
}

describe('examples/elysia', () => {
  test('answers the same on every runtime', async () => {
    const answers = await askAll('elysia', everything);
    for (const [, given] of Object.entries(answers)) {
      expect(given.root).toMatchObject({ status: 200, body: 'Tasks: GET /tasks, POST /tasks, PATCH /tasks/1' });
      expect(given.root.headers['x-served-by']).toBe('elysia');
      expect(JSON.parse(given.list.body)).toEqual([{ id: 1, text: 'Try Elysia on Node', done: false }]);
      expect(given.added).toMatchObject({ status: 201, body: '{"id":2,"text":"Water the plants","done":false}' });
      expect(given.empty).toMatchObject({ status: 422, body: '{"error":"invalid","fields":["/text"]}' });
      expect(given.done.body).toBe('{"id":1,"text":"Try Elysia on Node","done":true}');
      expect(given.missing).toMatchObject({ status: 404, body: '{"error":"no such task"}' });
      expect(given.odd.status).toBe(422);
      expect(JSON.parse(given.finished.body)).toEqual([{ id: 1, text: 'Try Elysia on Node', done: true }]);
      expect(given.broken).toMatchObject({ status: 500, body: '{"error":"something broke"}' });
      expect(given.nowhere.status).toBe(404);
      expect(given).toEqual(answers.bun);
    }
  }, 60_000);
});
