import type { User } from './users';

export interface Context {
  request: Request;
  url: URL;
  /** What the groups of the route's pattern caught. */
  params: Record<string, string>;
  user: User | undefined;
}

type Handler<C> = (context: C) => Response | Promise<Response>;

/** A handler for people who are logged in. */
export type Private = Context & { user: User };

export interface Route {
  method: 'GET' | 'POST';
  pattern: RegExp;
  handle: Handler<Context>;
}

/** `path` is a pattern with `:name` for a part. */
export function route(method: Route['method'], path: string, handle: Handler<Context>): Route {
  return { method, pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`), handle };
}

export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

const policy = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export function html(page: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(`<!doctype html>${page}`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...policy, ...headers },
  });
}

export function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location, ...headers } });
}

/** A form's fields. Forms come from our own pages only: browsers say where a request starts. */
export async function readForm(request: Request, url: URL, maximum: number): Promise<URLSearchParams> {
  const origin = request.headers.get('origin');
  if (origin && origin !== url.origin) throw new HttpError(403, 'This form was sent from another site.');
  if (!request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    throw new HttpError(415, 'This is not what a form sends.');
  }
  if (Number(request.headers.get('content-length') ?? 0) > maximum) throw new HttpError(413, 'This is too much text.');
  const text = await request.text();
  if (text.length > maximum) throw new HttpError(413, 'This is too much text.');
  return new URLSearchParams(text);
}

export function cookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
}
