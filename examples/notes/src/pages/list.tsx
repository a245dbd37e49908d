import type { Note } from '../notes';
import type { User } from '../users';
import { Layout } from './layout';

interface Props {
  user: User;
  notes: Note[];
  tags: { name: string; count: number }[];
  query: string;
  tag: string;
}

export function ListPage({ user, notes, tags, query, tag }: Props) {
  return (
    <Layout title="Your notes" user={user}>
      <div class="bar">
        <form class="search" role="search" action="/">
          {tag && <input type="hidden" name="tag" value={tag} />}
          <input type="search" name="q" value={query} placeholder="Search" aria-label="Search your notes" />
        </form>
        <a class="button" href="/notes/new">
          New note
        </a>
      </div>
      {tags.length > 0 && (
        <nav class="tags" aria-label="Tags">
          {tags.map(({ name, count }) => (
            <a href={name === tag ? '/' : `/?tag=${encodeURIComponent(name)}`} class={name === tag ? 'tag on' : 'tag'}>
              {name} <small>{count}</small>
            </a>
          ))}
        </nav>
      )}
      {notes.length > 0 ? (
        <ul class="notes">
          {notes.map((note) => (
            <NoteCard note={note} />
          ))}
        </ul>
      ) : (
        <Empty searched={Boolean(query || tag)} />
      )}
    </Layout>
  );
}

function NoteCard({ note }: { note: Note }) {
  const changed = new Date(note.changed).toISOString();
  return (
    <li class={note.pinned ? 'card pinned' : 'card'}>
      <h2>
        <a href={`/notes/${note.id}`}>{note.title}</a>
      </h2>
      {note.url && (
        <a class="link" href={note.url} rel="noreferrer">
          {new URL(note.url).host}
        </a>
      )}
      {note.body && <p class="body">{note.body.length > 280 ? `${note.body.slice(0, 280).trimEnd()}…` : note.body}</p>}
      <p class="meta">
        {note.tags.map((name) => (
          <a class="tag" href={`/?tag=${encodeURIComponent(name)}`}>
            {name}
          </a>
        ))}
        <time datetime={changed}>{changed.slice(0, 10)}</time>
      </p>
    </li>
  );
}

function Empty({ searched }: { searched: boolean }) {
  return (
    <div class="empty">
      {searched ? (
        <p>
          Nothing fits. <a href="/">Show all notes</a>
        </p>
      ) : (
        <p>
          Nothing here yet. <a href="/notes/new">Write the first note</a>
        </p>
      )}
    </div>
  );
}
