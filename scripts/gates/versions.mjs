// One version everywhere: package.json, Cargo.toml, the platform packages, and the pinned Bun with its types.
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/** @returns {string[]} */
export function versions() {
  const read = (/** @type {string} */ file) => fs.readFileSync(path.join(root, file), 'utf8');
  const { version, napi, devDependencies } = JSON.parse(read('package.json'));
  const found = [['Cargo.toml', /^\[workspace\.package\]\nversion = "([^"]+)"/m.exec(read('Cargo.toml'))?.[1]]];
  for (const folder of fs.readdirSync(path.join(root, 'npm'))) {
    const file = `npm/${folder}/package.json`;
    if (fs.existsSync(path.join(root, file))) found.push([file, JSON.parse(read(file)).version]);
  }
  const problems = found
    .filter(([, have]) => have !== version)
    .map(([file, have]) => `${file}: ${have}, package.json: ${version}`);
  if (found.length - 1 !== napi.targets.length)
    problems.push(`npm/: ${found.length - 1} packages for ${napi.targets.length} targets`);
  if (/^[\d.]+$/.test(devDependencies.bun) === false) problems.push('package.json: bun must be pinned to one version');
  return problems;
}
