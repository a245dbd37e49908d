// import db from './x.sqlite' with { type: 'sqlite' }
import { afterAll, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-import-')));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => {
  const full = path.join(folder, name);
  using db = new Database(full);
  db.run('create table t(a); insert into t values (5)');
  return full;
};
const load = (specifier: string, attributes?: object): Promise<any> =>
  import(specifier, attributes ? ({ with: attributes } as any) : undefined);

test('a database by attribute, whatever the extension', async () => {
  for (const name of ['a.sqlite', 'b.db', 'c.sqlite3', 'd.txt']) {
    const full = file(name);
    const module = await load(full, { type: 'sqlite' });
    expect(Object.keys(module).sort()).toEqual(['__esModule', 'db', 'default']);
    expect(module.default).toBeInstanceOf(Database);
    expect(module.db).toBe(module.default);
    expect(module.db.filename).toBe(full);
    expect(module.db.query('select * from t').all()).toEqual([{ a: 5 }]);
    expect((await load(full, { type: 'sqlite' })).default).toBe(module.default);
    module.db.run('insert into t values (6)');
    expect(new Database(full).query('select count(*) from t').values()).toEqual([[2]]);
    module.db.close();
  }
});

test('.sqlite needs no attribute, nor does require', async () => {
  const full = file('plain.sqlite');
  const module = await load(full);
  expect(module.default).toBeInstanceOf(Database);
  expect(module.db).toBe(module.default);
  const required = require(file('required.sqlite'));
  expect(Object.keys(required).sort()).toEqual(['__esModule', 'db', 'default']);
  expect(required.db).toBeInstanceOf(Database);
  expect(required.default).toBe(required.db);
  expect(required.db.query('select a from t').values()).toEqual([[5]]);
  expect(typeof (await load(file('other.db'))).default).toBe('string');
});

test('embed, at run time', async () => {
  const module = await load(file('embedded.sqlite'), { type: 'sqlite', embed: 'true' });
  expect(module.default.query('select a from t').values()).toEqual([[5]]);
});

test('what is no database', async () => {
  await expect(load(path.join(folder, 'none.sqlite'), { type: 'sqlite' })).rejects.toThrow('none.sqlite');
  fs.writeFileSync(path.join(folder, 'text.sqlite'), 'no database at all, just text'.repeat(100));
  const { db } = await load(path.join(folder, 'text.sqlite'), { type: 'sqlite' });
  expect(() => db.query('select 1 from sqlite_schema').all()).toThrow('file is not a database');
});

test('a static import', async () => {
  file('static.sqlite');
  fs.writeFileSync(
    path.join(folder, 'static.ts'),
    `import db, { db as named } from './static.sqlite' with { type: 'sqlite' };
     import * as all from './static.sqlite' with { type: 'sqlite' };
     export const rows: unknown[] = [db.query('select a from t').get(), db === named, all.default === db];`,
  );
  expect((await load(path.join(folder, 'static.ts'))).rows).toEqual([{ a: 5 }, true, true]);
});
