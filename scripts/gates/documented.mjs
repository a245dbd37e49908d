// docs/dependencies.md says why each dependency was taken.
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/** @returns {string[]} */
export function documented() {
  const read = (/** @type {string} */ file) => fs.readFileSync(path.join(root, file), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const section = /^\[workspace\.dependencies\]\n([\s\S]*?)\n\[/m.exec(read('Cargo.toml'))?.[1] ?? '';
  const crates = [...section.matchAll(/^([\w-]+) = (?!\{ path)/gm)].map(([, name]) => name);
  const page = read('docs/dependencies.md');
  return [...Object.keys({ ...dependencies, ...devDependencies }), ...crates]
    .filter((name) => !page.includes(`\`${name}\``))
    .map((name) => `docs/dependencies.md: does not say why ${name} was taken`);
}
