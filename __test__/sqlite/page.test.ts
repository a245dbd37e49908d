// Every example of Bun's page about SQLite, with what it makes, as on real Bun.
import { afterAll, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const { resolve } = createRequire(import.meta.url);
const bun = path.join(path.dirname(resolve('bun/package.json')), 'bin', 'bun.exe');
const page = path.join(path.dirname(resolve('bun-types/package.json')), 'docs', 'runtime', 'sqlite.mdx');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-page-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The examples; not the page's last one, which is the module's types. */
const examples = [...fs.readFileSync(page, 'utf8').matchAll(/```ts[^\n]*\n([\s\S]*?)```/g)]
  .map((match) => match[1]!)
  .filter((code) => !code.includes('class Database {'));

/** A function of an example, which gives what it has declared. A name that it declares twice is a variable. */
function compiled(example: string) {
  const code = example
    .replace(/^import db from (".*") with .*$/gm, 'const db = new Database($1);')
    .replace(/^import .*$/gm, '');
  const names = [...code.matchAll(/\b(?:const|let|using) (\w+) =/g)].map((match) => match[1]!);
  const body = code.replace(/\b(?:const|let) (\w+) =/g, (whole, name) =>
    names.indexOf(name) === names.lastIndexOf(name) ? whole : `var ${name} =`,
  );
  const outer = [...new Set(names)].filter((name) => new RegExp(`^(?:const|let|using|var) ${name} =`, 'm').test(body));
  const given = ['db', 'insertCats', 'cats'].filter((name) => !outer.includes(name));
  return `({ ${given.join(', ')} }: any) => { ${body}\nreturn { ${outer.join(', ')} }; }`;
}

const program = `
import { Database, constants } from 'bun:sqlite';
const plain = (value: any) => JSON.stringify(value ?? null, (_, one) => (typeof one === 'bigint' ? one + 'n' : one));
const attempt = (body: () => unknown) => {
  try {
    return body();
  } catch (error: any) {
    return error.name + ': ' + error.message;
  }
};
const shown = (value: any) => {
  if (value instanceof Database) return 'Database ' + value.filename;
  if (typeof value === 'function') return 'function';
  if (value instanceof Uint8Array) return value.length + ' bytes';
  if (typeof value?.columnNames !== 'object') return plain(value);
  return plain([value.toString(), value.paramsCount, attempt(() => value.all()), attempt(() => value.run())]);
};
new Database('mydb.sqlite').run("create table users (id integer primary key, name text); insert into users values (1, 'Ada')");
const examples: ((given: any) => any)[] = [${examples.map(compiled).join(',\n')}];
for (const [index, example] of examples.entries()) {
  const db = new Database();
  db.run(\`create table users (id integer primary key, name text); insert into users values (1, 'Ada'), (2, 'Alan');
    create table cats (id integer primary key, name text, age integer);
    create table expenses (id integer primary key, note text, dollars integer);
    insert into expenses (note, dollars) values ('food', 20), ('toys', 5), ('vet', 120);
    create table movies (title text, year integer); insert into movies values ('Marvel', 2012), ('Solaris', 1972);
    create table foo (bar text); insert into foo values ('bar'), ('other');\`);
  const insert = db.prepare('insert into cats (name) values ($name)');
  const insertCats = db.transaction((cats) => {
    for (const cat of cats) insert.run(cat);
  });
  const made: any = attempt(() => example({ db, insertCats, cats: [{ $name: 'Tom' }] }));
  if (typeof made === 'string') console.log(index, made);
  else for (const [name, value] of Object.entries(made)) console.log(index, name, attempt(() => shown(value)));
}
`;

test('the page has examples that declare something', () => {
  expect(examples.length).toBeGreaterThan(40);
  expect(compiled('const a = 1;\nlet b = 2;')).toBe(
    '({ db, insertCats, cats }: any) => { const a = 1;\nlet b = 2;\nreturn { a, b }; }',
  );
});

// On real Bun there is nothing to compare with.
test.skipIf(!isDxCompat)(
  'they make what they make on real Bun',
  () => {
    const run = (name: string, command: string) => {
      const place = path.join(folder, name);
      fs.mkdirSync(place);
      fs.writeFileSync(path.join(place, 'page.ts'), program);
      return execFileSync(command, ['page.ts'], { cwd: place, encoding: 'utf8' });
    };
    const theirs = run('theirs', bun);
    expect(run('ours', process.execPath)).toBe(theirs);
    expect(theirs.split('\n').length).toBeGreaterThan(80);
    // Those that show an error, make a table that is there, or load an extension that is not.
    expect(theirs.match(/^\d+ \w*Error: /gm)).toHaveLength(6);
  },
  30_000,
);
