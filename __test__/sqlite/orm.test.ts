// Small applications on Drizzle ORM's and Kysely's adapters for bun:sqlite, unchanged, with the answers of real Bun.
import { afterAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { applications, show } from './fixtures/answers';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-orm-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const bun = path.join(path.dirname(createRequire(import.meta.url).resolve('bun/package.json')), 'bin', 'bun.exe');

describe.each(['drizzle', 'kysely'] as const)('%s', (name) => {
  const file = (suffix: string) => path.join(folder, `${name}-${suffix}.sqlite`);

  test('what it answers', async () => {
    const answers: any = JSON.parse(show(await applications[name](file('first'))));
    if (name === 'drizzle') {
      expect(answers.migrations).toEqual([{ n: 2 }]);
      expect(answers.place).toEqual(['SQLITE_CONSTRAINT_PRIMARYKEY', { n: 2 }]);
      expect(answers.rollback).toEqual(['TransactionRollbackError', { n: 4 }]);
      expect(answers.relations[1]).toMatchObject({ title: 'Solaris', sold: `${2n ** 60n}n`, tags: [] });
      expect(answers.relations[2].cover).toBe('Buffer 1,2,0,255');
      expect(answers.upsert).toEqual({ shelfId: 10, isbn: '1', copies: 5 });
      expect(answers.left.map((book: any) => book.isbn)).toEqual(['3', '4']);
      expect(answers.violation).toEqual(['SQLITE_CONSTRAINT_FOREIGNKEY', 'FOREIGN KEY constraint failed']);
    } else {
      expect(answers['migrate first'][1].length).toBe(3);
      expect(answers['migrate second'][1]).toEqual([]);
      expect(answers.inserted).toEqual(['1n', '1n']);
      expect(answers.rolledBack).toStartWith('SQLITE_CONSTRAINT_CHECK');
      expect(answers.stays).toEqual([{ pet_id: 1, room: 7, nights: 3 }]);
      expect(answers.photo).toEqual({ photo: 'Uint8Array 0,1,255' });
      expect(answers.tables.map(([table]: any) => table)).toEqual(['person', 'pet', 'stay']);
    }
  }, 20_000);

  // On real Bun there is nothing to compare with.
  test.skipIf(!isDxCompat)(
    'as on real Bun, which can go on with the file',
    async () => {
      const script = path.join(import.meta.dir, 'fixtures', 'answers.ts');
      const ours = show(await applications[name](file('ours')));
      expect(ours).toBe(execFileSync(bun, [script, name, file('theirs')], { encoding: 'utf8' }).trimEnd());
      const dump = (database: string) =>
        execFileSync(
          bun,
          [
            '-e',
            `const { Database } = require('bun:sqlite');
             const db = new Database(process.argv[1]);
             console.log(JSON.stringify([db.query('pragma integrity_check').values(),
               db.query('select * from sqlite_schema order by name').all().map(({ rootpage, ...rest }) => rest)]));`,
            database,
          ],
          { encoding: 'utf8' },
        );
      expect(dump(file('ours'))).toBe(dump(file('theirs')));
    },
    20_000,
  );
});
