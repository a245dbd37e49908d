import type { Note } from '../notes';
import type { User } from '../users';
import { limits } from '../forms';
import { Field } from './field';
import { Layout } from './layout';

interface Props {
  user: User;
  note?: Note;
  /** What was sent, when it has to be corrected. */
  form?: URLSearchParams;
  errors?: Record<string, string>;
}

export function EditPage({ user, note, form, errors = {} }: Props) {
  const title = note ? 'Change note' : 'New note';
  const value = (name: 'title' | 'url' | 'body') => form?.get(name) ?? note?.[name] ?? '';
  const tags = form?.get('tags') ?? note?.tags.join(' ') ?? '';
  const pinned = form ? form.has('pinned') : (note?.pinned ?? false);
  return (
    <Layout title={title} user={user}>
      <form class="card" method="post" action={note ? `/notes/${note.id}` : '/notes'}>
        <h1>{title}</h1>
        <Field name="title" label="Title" error={errors.title}>
          <input
            id="title"
            name="title"
            required
            value={value('title')}
            aria-describedby="title-note"
            autofocus={!note}
          />
        </Field>
        <Field name="url" label="Link" hint="If there is one." error={errors.url}>
          <input
            id="url"
            name="url"
            inputmode="url"
            value={value('url')}
            aria-describedby="url-note"
            placeholder="https://"
          />
        </Field>
        <Field name="body" label="Text" error={errors.body}>
          <textarea id="body" name="body" rows={8} maxlength={limits.body} aria-describedby="body-note">
            {value('body')}
          </textarea>
        </Field>
        <Field name="tags" label="Tags" hint="Words with a space between them." error={errors.tags}>
          <input id="tags" name="tags" value={tags} aria-describedby="tags-note" autocapitalize="none" />
        </Field>
        <label class="check">
          <input type="checkbox" name="pinned" checked={pinned} /> Keep it at the top
        </label>
        <p class="actions">
          <button class="button">Save</button>
          <a href="/">Cancel</a>
        </p>
      </form>
      {note && (
        <form class="danger" method="post" action={`/notes/${note.id}/delete`}>
          <button class="plain">Delete this note</button>
        </form>
      )}
    </Layout>
  );
}
