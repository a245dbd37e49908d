import { expect, test } from 'bun:test';
import path from 'node:path';
import { load } from './project';

/** Real packages, as their authors publish them. */
const entry = path.join(import.meta.dir, 'application.ts');
const files = {
  [entry]: `import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { Elysia, t } from 'elysia';
import { Kysely, SqliteAdapter, SqliteQueryCompiler, DummyDriver, SqliteIntrospector } from 'kysely';

const hono = new Hono().use(cors()).get('/tasks/:id', (c) => c.json({ id: c.req.param('id') }));
const elysia = new Elysia({ aot: false }).post('/tasks', ({ body }) => body, { body: t.Object({ text: t.String() }) });
const db = new Kysely<any>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
}, 60_000);
export async function answers() {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"x"}' };
  return [
    await (await hono.request('/tasks/7')).json(),
    await (await elysia.handle(new Request('http://localhost/tasks', post))).json(),
    db.selectFrom('tasks').where('id', '=', 7).selectAll().compile().sql,
  ];
}
`,
};

test.each([
  ['bun', false],
  ['bun', true],
  ['node', true],
] as const)(
  'an application for %s, minified: %p',
  async (target, minify) => {
    const { outputs, logs } = await Bun.build({ entrypoints: [entry], files, target, minify, sourcemap: 'external' });
    expect(logs).toEqual([]);
    expect(outputs).toHaveLength(2);
    const { answers } = await load(outputs[0]);
    expect(await answers()).toEqual([{ id: '7' }, { text: 'x' }, 'select * from "tasks" where "id" = ?']);
    const { sources } = await outputs[1].json();
    expect(sources.length).toBeGreaterThan(100);
  },
  60_000,
);
