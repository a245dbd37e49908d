/** Routers of packages put `params`, `cookies`, `query` on the requests that they pass on. */
import { expect, test } from 'bun:test';

const assigned = (request: any) => {
  const tried = (name: string, value: unknown) => {
    try {
      request[name] = value;
    } catch (error: any) {
      return error.name;
    }
    return request[name];
  };
  return [tried('params', { id: 1 }), tried('cookies', 2), tried('query', 3), Object.keys(request)];
};

test('a request of a program takes them', () => {
  const request = new Request('http://a');
  expect([(request as any).params, (request as any).cookies]).toEqual([undefined, undefined]);
  expect(assigned(request)).toEqual([{ id: 1 }, 2, 3, ['params', 'cookies', 'query']]);
});

test('a request of a server takes them, unless a route answers it', async () => {
  using server = Bun.serve({
    port: 0,
    routes: { '/route/:id': (request) => Response.json([request.params.id, ...assigned(request)]) },
    fetch: (request) => Response.json(assigned(request)),
  });
  const answer = async (path: string) => (await fetch(new URL(path, server.url))).json();
  expect(await answer('/other')).toEqual([{ id: 1 }, 2, 3, ['params', 'cookies', 'query']]);
  expect(await answer('/route/7')).toEqual(['7', 'TypeError', 'TypeError', 3, ['query']]);
});
