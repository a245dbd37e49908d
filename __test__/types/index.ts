// Checked by `tsc` (npm run ready), never run: what a user's program sees of dx-compat.
import Bun = require('dx-compat');
import pure = require('dx-compat/pure');
import { Database } from 'bun:sqlite';

const text: Promise<string> = Bun.file('package.json').text();
const server: import('bun').Server<undefined> = pure.serve({ fetch: () => new Response(Bun.version) });
const row: { id: number } | null = new Database(':memory:').query<{ id: number }, []>('select 1 as id').get();
const file: Database = new Database('app.sqlite', { wal: false, strict: true });
const global: typeof Bun = globalThis.Bun;

// @ts-expect-error: Bun has no such API
Bun.noSuchApi();

export { file, global, row, server, text };
