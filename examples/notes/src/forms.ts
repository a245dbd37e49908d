import type { Draft } from './notes';

/** What a form gave: either a value, or what to say beside which field. */
export type Checked<T> = { ok: true; value: T } | { ok: false; errors: Record<string, string> };

export const limits = { title: 120, body: 20_000, url: 2_000, tags: 8, formBytes: 100_000 };

const tagPattern = /^[\p{L}\p{N}][\p{L}\p{N}-]{0,29}$/u;

export function checkNote(form: URLSearchParams): Checked<Draft> {
  const errors: Record<string, string> = {};
  const title = text(form, 'title');
  const url = text(form, 'url');
  const body = (form.get('body') ?? '').replaceAll('\r\n', '\n').trimEnd();
  const tags = [
    ...new Set(
      text(form, 'tags')
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
  ];

  if (!title) errors.title = 'A note needs a title.';
  else if (title.length > limits.title) errors.title = `At most ${limits.title} characters, these are ${title.length}.`;
  if (url.length > limits.url) errors.url = 'This address is too long.';
  else if (url && !isWebAddress(url)) errors.url = 'An address starts with http:// or https://.';
  if (body.length > limits.body) errors.body = `At most ${limits.body} characters.`;
  const odd = tags.find((tag) => !tagPattern.test(tag));
  if (odd) errors.tags = `“${odd}” is no tag: letters, digits and hyphens, at most 30.`;
  else if (tags.length > limits.tags) errors.tags = `At most ${limits.tags} tags.`;

  if (Object.keys(errors).length) return { ok: false, errors };
  return { ok: true, value: { title, url: url || null, body, pinned: form.has('pinned'), tags } };
}

export function checkAccount(form: URLSearchParams): Checked<{ name: string; password: string }> {
  const errors: Record<string, string> = {};
  const name = text(form, 'name');
  const password = form.get('password') ?? '';
  if (!/^[\p{L}\p{N}_.-]{2,30}$/u.test(name)) {
    errors.name = '2 to 30 letters, digits, dots, hyphens or underscores.';
  }
  if (password.length < 8) errors.password = 'At least 8 characters.';
  else if (password.length > 200) errors.password = 'At most 200 characters.';
  return Object.keys(errors).length ? { ok: false, errors } : { ok: true, value: { name, password } };
}

function text(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').replace(/\s+/g, ' ').trim();
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
