import { afterAll } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, gone after the tests of the file. */
export function project(files: Record<string, string | Uint8Array>): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'build-')));
  folders.push(folder);
  for (const [name, contents] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, contents);
  }
  return folder;
}

let made = 0;

/** What an ES module of a build exports. */
export async function load(output: Bun.BuildArtifact): Promise<any> {
  const folder = project({ [`bundle-${made++}.mjs`]: await output.text() });
  return import(path.join(folder, fs.readdirSync(folder)[0]));
}

/** The message and the facts of what a build complains of. */
export async function complaints(config: Bun.BuildConfig): Promise<any[]> {
  const { success, outputs, logs } = await Bun.build({ ...config, throw: false });
  if (success || outputs.length) throw new Error('the build went well');
  return logs;
}

/** A name with the hashes in it made equal. */
export const unhashed = (name: string) => name.replaceAll(/-[0-9a-z]{8}(?=\.)/g, '-HASH');

export const hash = /^[0-9abcdefghjkmnpqrstvwxyz]{8}$/;
