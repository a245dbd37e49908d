/** An Elysia app: Elysia finds `Bun` and listens with `Bun.serve`. */
import { Elysia, t } from 'elysia';

interface Task {
  id: number;
  text: string;
  done: boolean;
}

const tasks: Task[] = [{ id: 1, text: 'Try Elysia on Node', done: false }];

const app = new Elysia()
  .onError(({ code, error, set }) => {
    if (code === 'NOT_FOUND') return { error: 'there is nothing here' };
    if (code === 'VALIDATION') {
      set.status = 422;
      return {
        error: 'invalid',
        fields: [...new Set(error.all.map((problem) => ('path' in problem ? problem.path : '')))],
      };
    }
    set.status = 500;
    return { error: 'something broke' };
  })
  .onAfterHandle(({ set }) => {
    set.headers['x-served-by'] = 'elysia';
  })
  .get('/', () => 'Tasks: GET /tasks, POST /tasks, PATCH /tasks/1')
  .get('/tasks', ({ query }) => tasks.filter(({ done }) => query.done === undefined || done === query.done), {
    query: t.Object({ done: t.Optional(t.Boolean()) }),
  })
  .post(
    '/tasks',
    ({ body, set }) => {
      const task = { id: tasks.length + 1, text: body.text, done: false };
      tasks.push(task);
      set.status = 201;
      return task;
    },
    { body: t.Object({ text: t.String({ minLength: 1, maxLength: 200 }) }) },
  )
  .patch(
    '/tasks/:id',
    ({ params, body, status }) => {
      const task = tasks.find(({ id }) => id === params.id);
      if (!task) return status(404, { error: 'no such task' });
      return Object.assign(task, body);
    },
    { params: t.Object({ id: t.Integer() }), body: t.Object({ done: t.Boolean() }) },
  )
  .get('/broken', () => {
    throw new Error('on purpose');
  })
  .listen({ port: Number(Bun.env.PORT ?? 3000), hostname: '127.0.0.1' });

console.log(`Elysia is listening on ${app.server?.url.href}`);
