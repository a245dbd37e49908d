import { afterAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Answer, type Runtime, type Service, askAll, runtimes, start } from './service';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-notes-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const post = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: String(new URLSearchParams(fields)),
});
const cookieOf = (answer: Answer) => answer.headers['set-cookie']?.split(';')[0] ?? '';

/** What differs from run to run: the token of a session and the time of a change. */
function stable(answers: Record<string, Answer>) {
  const text = JSON.stringify(answers, null, 2);
  return text
    .replace(/session=[\w-]{20,}/g, 'session=TOKEN')
    .replace(/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'DATE')
    .replace(/\\"changed\\":\d+/g, '\\"changed\\":0');
}

async function everything({ ask }: Service) {
  const signup = await ask('/signup', post({ name: 'ada', password: 'correct horse' }));
  const cookie = cookieOf(signup);
  const headers = { cookie };
  return {
    welcome: await ask('/'),
    signup,
    short: await ask('/signup', post({ name: 'b', password: 'short' })),
    taken: await ask('/signup', post({ name: 'ADA', password: 'correct horse' })),
    wrong: await ask('/login', post({ name: 'ada', password: 'wrong horse' })),
    unknown: await ask('/login', post({ name: 'nobody', password: 'wrong horse' })),
    login: await ask('/login', post({ name: 'Ada', password: 'correct horse' })),
    locked: await ask('/notes/new'),
    empty: await ask('/', { headers }),
    form: await ask('/notes/new', { headers }),
    added: await ask(
      '/notes',
      post(
        {
          title: 'Grüße <b>&</b> 🎉',
          url: 'https://example.com/a?b=1&c=2',
          body: 'one\r\ntwo',
          tags: 'Tea, läsning tea',
        },
        headers,
      ),
    ),
    pinned: await ask('/notes', post({ title: 'On top', url: '', body: '', tags: '', pinned: 'on' }, headers)),
    invalid: await ask(
      '/notes',
      post({ title: ' ', url: 'javascript:alert(1)', body: 'kept', tags: 'a b! c' }, headers),
    ),
    list: await ask('/', { headers }),
    search: await ask('/?q=gr%C3%BC%C3%9Fe+two', { headers }),
    wildcard: await ask('/?q=%25', { headers }),
    tag: await ask('/?tag=tea', { headers }),
    edit: await ask('/notes/1', { headers }),
    changed: await ask('/notes/1', post({ title: 'Changed', url: '', body: 'new', tags: 'new' }, headers)),
    deleted: await ask('/notes/2/delete', post({}, headers)),
    gone: await ask('/notes/2', { headers }),
    export: await ask('/export.json', { headers }),
    foreign: await ask('/notes', post({ title: 'x' }, { cookie, origin: 'https://evil.example' })),
    json: await ask('/notes', { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: '{}' }),
    huge: await ask('/notes', post({ title: 'x', body: 'y'.repeat(200_000) }, headers)),
    style: await ask('/style.css'),
    styleHead: await ask('/style.css', { method: 'HEAD' }),
    icon: await ask('/icon.svg'),
    outside: await ask('/..%2fserver.ts'),
    nul: await ask('/style.css%00'),
    malformed: await ask('/%E0%A4%A'),
    nowhere: await ask('/nowhere'),
    method: await ask('/notes/1/delete', { headers }),
    logout: await ask('/logout', post({}, headers)),
    after: await ask('/notes/1', { headers }),
  };
}

describe('examples/notes', () => {
  test('answers the same on every runtime', async () => {
    const answers = await askAll('notes', everything, { NOTES_DATABASE: ':memory:' });
    for (const [, given] of Object.entries(answers)) {
      expect(given.welcome.body).toStartWith('<!doctype html><html lang="en">');
      expect(given.signup).toMatchObject({ status: 303, headers: { location: '/' } });
      expect(given.signup.headers['set-cookie']).toMatch(
        /^session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
      );
      expect(given.short.status).toBe(422);
      expect(given.short.body).toContain('At least 8 characters.');
      expect(given.taken.status).toBe(409);
      expect(given.wrong.status).toBe(401);
      expect(given.unknown.status).toBe(401);
      expect(given.login.status).toBe(303);
      expect(given.locked.headers.location).toBe('/login');
      expect(given.added.status).toBe(303);
      expect(given.invalid.status).toBe(422);
      expect(given.invalid.body).toContain('A note needs a title.');
      expect(given.invalid.body).toContain('An address starts with http:// or https://.');
      expect(given.invalid.body).toContain('“b!” is no tag');
      expect(given.list.body).toContain('Grüße &lt;b&gt;&amp;&lt;/b&gt; 🎉');
      expect(given.list.body.indexOf('On top')).toBeLessThan(given.list.body.indexOf('Grüße'));
      expect(given.search.body).toContain('Grüße');
      expect(given.search.body).not.toContain('On top');
      expect(given.wildcard.body).toContain('Nothing fits.');
      expect(given.tag.body).toContain('Grüße');
      expect(given.edit.body).toContain('one\ntwo');
      expect(JSON.parse(given.export.body)).toMatchObject([
        { id: 1, title: 'Changed', url: null, body: 'new', tags: ['new'] },
      ]);
      expect(given.gone.status).toBe(404);
      expect([given.foreign, given.json, given.huge].map(({ status }) => status)).toEqual([403, 415, 413]);
      expect(given.style.headers['content-type']).toStartWith('text/css');
      expect(given.icon.headers['content-type']).toStartWith('image/svg+xml');
      expect(given.outside.status).toBe(404);
      expect(given.nul.status).toBe(400);
      expect(given.malformed.status).toBe(400);
      expect(given.nowhere.status).toBe(404);
      expect(given.method).toMatchObject({ status: 405, headers: { allow: 'POST' } });
      expect(given.after.headers.location).toBe('/login');
      expect(stable(given)).toBe(stable(answers.bun));
    }
  }, 60_000);

  test('what was written is there after a restart, whichever runtime wrote it', async () => {
    const database = path.join(folder, 'notes.sqlite');
    let cookie = '';
    const order: Runtime[] = runtimes.includes('node') ? ['node', 'bun', 'node'] : ['bun', 'bun'];
    for (const [round, runtime] of order.entries()) {
      const service = await start(runtime, 'notes', { NOTES_DATABASE: database });
      if (!cookie) cookie = cookieOf(await service.ask('/signup', post({ name: 'grace', password: 'correct horse' })));
      const added = await service.ask('/notes', post({ title: `round ${round}` }, { cookie }));
      expect(added.status).toBe(303);
      const { body } = await service.ask('/export.json', { headers: { cookie } });
      expect(JSON.parse(body)).toHaveLength(round + 1);
      const login = await service.ask('/login', post({ name: 'grace', password: 'correct horse' }));
      expect(login.status).toBe(303);
      expect(await service.stop()).toMatchObject({ code: 0, signal: null });
    }
  }, 60_000);
});
