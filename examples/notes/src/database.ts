import { Database } from 'bun:sqlite';

/** Each entry takes the database one version up; entries are only ever added. */
const migrations: string[][] = [
  [
    `create table users (
       id integer primary key,
       name text not null unique collate nocase,
       password text not null
     ) strict`,
    `create table sessions (
       id text primary key,
       user integer not null references users (id) on delete cascade,
       expires integer not null
     ) strict, without rowid`,
    `create table notes (
       id integer primary key,
       user integer not null references users (id) on delete cascade,
       title text not null,
       url text,
       body text not null default '',
       pinned integer not null default 0,
       changed integer not null
     ) strict`,
    'create index notes_by_user on notes (user, pinned, changed)',
    `create table tags (
       note integer not null references notes (id) on delete cascade,
       name text not null,
       primary key (name, note)
     ) strict, without rowid`,
    'create index tags_by_note on tags (note)',
  ],
];

export function openDatabase(file: string): Database {
  const database = new Database(file, { create: true, strict: true });
  database.run('pragma journal_mode = wal');
  database.run('pragma foreign_keys = on');
  const { user_version: version } = database.query<{ user_version: number }, []>('pragma user_version').get()!;
  database.transaction(() => {
    for (const statements of migrations.slice(version)) for (const sql of statements) database.run(sql);
    database.run(`pragma user_version = ${migrations.length}`);
  })();
  return database;
}
