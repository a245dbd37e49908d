import type { Database } from 'bun:sqlite';
import type { User } from './users';

export interface Draft {
  title: string;
  url: string | null;
  body: string;
  pinned: boolean;
  tags: string[];
}

export interface Note extends Draft {
  id: number;
  changed: number;
}

interface Row {
  id: number;
  title: string;
  url: string | null;
  body: string;
  pinned: number;
  changed: number;
  tags: string | null;
}

const columns = `notes.id, title, url, body, pinned, changed,
  (select group_concat(name, ' ' order by name) from tags where note = notes.id) as tags`;

export class NoteStore {
  constructor(private readonly database: Database) {}

  /** Pinned ones first, then the latest. `words` all have to occur somewhere in the note. */
  list(user: User, { words = [] as string[], tag = '' } = {}): Note[] {
    const conditions = ['user = ?'];
    const values: (string | number)[] = [user.id];
    for (const word of words) {
      conditions.push(`(title || ' ' || ifnull(url, '') || ' ' || body) like ? escape '\\'`);
      values.push(`%${word.replace(/[\\%_]/g, '\\$&')}%`);
    }
    if (tag) {
      conditions.push('exists (select 1 from tags where note = notes.id and name = ?)');
      values.push(tag);
    }
    return this.database
      .query<Row, (string | number)[]>(
        `select ${columns} from notes where ${conditions.join(' and ')} order by pinned desc, changed desc, notes.id desc`,
      )
      .all(...values)
      .map(toNote);
  }

  get(user: User, id: number): Note | undefined {
    const row = this.database
      .query<Row, [number, number]>(`select ${columns} from notes where user = ? and notes.id = ?`)
      .get(user.id, id);
    return row ? toNote(row) : undefined;
  }

  add(user: User, draft: Draft, now = Date.now()): number {
    return this.database.transaction(() => {
      const { lastInsertRowid } = this.database
        .query(
          'insert into notes (user, title, url, body, pinned, changed) values ($user, $title, $url, $body, $pinned, $now)',
        )
        .run({ ...fields(draft), user: user.id, now });
      this.#tag(Number(lastInsertRowid), draft.tags);
      return Number(lastInsertRowid);
    })();
  }

  /** Gives false when the user has no such note. */
  change(user: User, id: number, draft: Draft, now = Date.now()): boolean {
    return this.database.transaction(() => {
      const { changes } = this.database
        .query(
          `update notes set title = $title, url = $url, body = $body, pinned = $pinned, changed = $now
           where id = $id and user = $user`,
        )
        .run({ ...fields(draft), user: user.id, id, now });
      if (changes) this.#tag(id, draft.tags);
      return changes > 0;
    })();
  }

  remove(user: User, id: number): boolean {
    return this.database.query('delete from notes where id = ? and user = ?').run(id, user.id).changes > 0;
  }

  /** The user's tags with how many notes have them, the most used first. */
  tags(user: User): { name: string; count: number }[] {
    return this.database
      .query<{ name: string; count: number }, [number]>(
        `select name, count(*) as count from tags join notes on notes.id = tags.note where user = ?
         group by name order by count desc, name`,
      )
      .all(user.id);
  }

  #tag(note: number, names: string[]): void {
    this.database.query('delete from tags where note = ?').run(note);
    const insert = this.database.query('insert into tags (note, name) values (?, ?)');
    for (const name of names) insert.run(note, name);
  }
}

function fields({ title, url, body, pinned }: Draft) {
  return { title, url, body, pinned: pinned ? 1 : 0 };
}

function toNote(row: Row): Note {
  return { ...row, pinned: row.pinned === 1, tags: row.tags?.split(' ') ?? [] };
}
