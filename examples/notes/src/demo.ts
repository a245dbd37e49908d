import type { NoteStore } from './notes';
import type { UserStore } from './users';

/** An account with a few notes, once: who changes them finds the changes at the next start. */
export async function addDemoAccount(users: UserStore, notes: NoteStore): Promise<void> {
  const user = await users.add('demo', 'demo-demo');
  if (!user) return;
  const now = Date.now();
  notes.add(
    user,
    {
      title: 'Welcome to Notes',
      url: null,
      body: 'A small service in plain Bun, and it runs on Node as well.\nChange me, tag me, or delete me.',
      pinned: true,
      tags: ['welcome'],
    },
    now,
  );
  notes.add(
    user,
    {
      title: 'Bun: the documentation',
      url: 'https://bun.com/docs',
      body: 'Bun.serve, bun:sqlite, Bun.password and Bun.file are all that the server uses.',
      pinned: false,
      tags: ['bun', 'reading'],
    },
    now - 3_600_000,
  );
  notes.add(
    user,
    {
      title: 'SQLite: how indexes work',
      url: 'https://www.sqlite.org/queryplanner.html',
      body: 'Search finds words in titles, addresses and texts: try “planner”.',
      pinned: false,
      tags: ['databases', 'reading'],
    },
    now - 86_400_000,
  );
}
