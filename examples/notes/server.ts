/**
 * Notes: keep links and notes, find them again. Plain Bun, no framework: `Bun.serve`, `bun:sqlite`, `Bun.password`,
 * `Bun.file`, TypeScript and JSX.
 *
 *   bun run server.ts          with Bun
 *   dx-compat run server.ts    with Node
 *
 * Settings: PORT (3000), HOST (127.0.0.1), NOTES_DATABASE (data/notes.sqlite), NOTES_DEMO=1 (an account to play with).
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createApp } from './src/app';
import { openDatabase } from './src/database';
import { addDemoAccount } from './src/demo';
import { NoteStore } from './src/notes';
import { UserStore } from './src/users';

const file = Bun.env.NOTES_DATABASE ?? join(import.meta.dir, 'data', 'notes.sqlite');
if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });

const database = openDatabase(file);
const users = new UserStore(database);
const notes = new NoteStore(database);
if (Bun.env.NOTES_DEMO) await addDemoAccount(users, notes);

const server = Bun.serve({
  hostname: Bun.env.HOST ?? '127.0.0.1',
  port: Number(Bun.env.PORT ?? 3000),
  ...createApp({ users, notes, publicFolder: join(import.meta.dir, 'public') }),
});
console.log(`Notes is listening on ${server.url.href}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.stop(true);
    database.close();
    process.exit(0);
  });
}
