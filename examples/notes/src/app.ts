import { join, normalize } from 'node:path';
import { ErrorPage } from '#pages/error';
import { checkAccount, checkNote, limits } from './forms';
import { type Context, HttpError, type Private, cookie, html, readForm, redirect, route } from './http';
import type { NoteStore } from './notes';
import { AccountPage } from './pages/account';
import { EditPage } from './pages/edit';
import { ListPage } from './pages/list';
import { WelcomePage } from './pages/welcome';
import type { User, UserStore } from './users';

interface Parts {
  users: UserStore;
  notes: NoteStore;
  publicFolder: string;
}

/** Gives the `fetch` and `error` handlers for `Bun.serve`. */
export function createApp({ users, notes, publicFolder }: Parts) {
  const routes = [
    route('GET', '/', ({ user, url }) => (user ? html(list(user, url)) : html(WelcomePage()))),
    route(
      'GET',
      '/notes/new',
      secure(({ user }) => html(EditPage({ user }))),
    ),
    route('POST', '/notes', secure(add)),
    route(
      'GET',
      '/notes/:id',
      secure(({ user, params }) => html(EditPage({ user, note: mine(user, params.id) }))),
    ),
    route('POST', '/notes/:id', secure(change)),
    route('POST', '/notes/:id/delete', secure(remove)),
    route(
      'GET',
      '/export.json',
      secure(({ user }) => Response.json(notes.list(user), download('notes.json'))),
    ),
    route('GET', '/login', ({ user }) => (user ? redirect('/') : html(AccountPage({ kind: 'login' })))),
    route('POST', '/login', logIn),
    route('GET', '/signup', ({ user }) => (user ? redirect('/') : html(AccountPage({ kind: 'signup' })))),
    route('POST', '/signup', signUp),
    route('POST', '/logout', logOut),
    route('GET', '/health', () => Response.json({ ok: true })),
  ];

  async function fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const token = cookie(request, 'session');
    const user = token ? users.bySession(token) : undefined;
    try {
      const fitting = routes.filter(({ pattern }) => pattern.test(url.pathname));
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const found = fitting.find((candidate) => candidate.method === method);
      if (found)
        return await found.handle({ request, url, params: found.pattern.exec(url.pathname)!.groups ?? {}, user });
      if (fitting.length)
        throw new HttpError(405, `${request.method} does not work here.`, { allow: fitting[0].method });
      return await staticFile(url);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return html(ErrorPage({ status: error.status, message: error.message, user }), error.status, error.headers);
    }
  }

  function error(cause: Error): Response {
    console.error(cause);
    return html(ErrorPage({ status: 500, message: 'Something broke on our side. It has been written down.' }), 500);
  }

  async function staticFile({ pathname }: URL): Promise<Response> {
    const path = join(publicFolder, normalize(decode(pathname)));
    const file = Bun.file(path);
    if (!path.startsWith(join(publicFolder, '/')) || !(await file.exists())) {
      throw new HttpError(404, 'There is no such page.');
    }
    return new Response(file, { headers: { 'cache-control': 'public, max-age=3600' } });
  }

  function list(user: User, url: URL) {
    const query = (url.searchParams.get('q') ?? '').trim();
    const tag = url.searchParams.get('tag') ?? '';
    const words = query.split(/\s+/).filter(Boolean);
    return ListPage({ user, query, tag, notes: notes.list(user, { words, tag }), tags: notes.tags(user) });
  }

  function mine(user: User, id: string) {
    const note = /^\d{1,15}$/.test(id) ? notes.get(user, Number(id)) : undefined;
    if (!note) throw new HttpError(404, 'There is no such note.');
    return note;
  }

  async function add({ request, url, user }: Private): Promise<Response> {
    const form = await readForm(request, url, limits.formBytes);
    const checked = checkNote(form);
    if (!checked.ok) return html(EditPage({ user, form, errors: checked.errors }), 422);
    notes.add(user, checked.value);
    return redirect('/');
  }

  async function change({ request, url, params, user }: Private): Promise<Response> {
    const note = mine(user, params.id);
    const form = await readForm(request, url, limits.formBytes);
    const checked = checkNote(form);
    if (!checked.ok) return html(EditPage({ user, note, form, errors: checked.errors }), 422);
    notes.change(user, note.id, checked.value);
    return redirect('/');
  }

  async function remove({ request, url, params, user }: Private): Promise<Response> {
    await readForm(request, url, limits.formBytes);
    notes.remove(user, mine(user, params.id).id);
    return redirect('/');
  }

  async function signUp({ request, url }: Context): Promise<Response> {
    const form = await readForm(request, url, limits.formBytes);
    const checked = checkAccount(form);
    if (!checked.ok) return html(AccountPage({ kind: 'signup', form, errors: checked.errors }), 422);
    const user = await users.add(checked.value.name, checked.value.password);
    if (user) return started(user);
    return html(AccountPage({ kind: 'signup', form, errors: { name: 'This name is taken.' } }), 409);
  }

  async function logIn({ request, url }: Context): Promise<Response> {
    const form = await readForm(request, url, limits.formBytes);
    const user = await users.check(form.get('name')?.trim() ?? '', form.get('password') ?? '');
    if (user) return started(user);
    return html(AccountPage({ kind: 'login', form, errors: { password: 'Name and password do not fit.' } }), 401);
  }

  function started(user: User): Response {
    return redirect('/', { 'set-cookie': sessionCookie(users.startSession(user), users.sessionSeconds) });
  }

  async function logOut({ request, url }: Context): Promise<Response> {
    await readForm(request, url, limits.formBytes);
    users.endSession(cookie(request, 'session') ?? '');
    return redirect('/', { 'set-cookie': sessionCookie('', 0) });
  }

  return { fetch, error };
}

/** Sends whoever is not logged in to the login page. */
function secure(handle: (context: Private) => Response | Promise<Response>) {
  return (context: Context) => (context.user ? handle(context as Private) : redirect('/login'));
}

function sessionCookie(token: string, seconds: number): string {
  return `session=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
}

function download(name: string): ResponseInit {
  return { headers: { 'content-disposition': `attachment; filename="${name}"` } };
}

function decode(pathname: string): string {
  try {
    const path = decodeURIComponent(pathname);
    if (!path.includes('\0')) return path;
  } catch {}
  throw new HttpError(400, 'This address is not well-formed.');
}
