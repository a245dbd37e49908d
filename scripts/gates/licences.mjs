// What deny.toml says, checked with `cargo metadata` alone: permissive licences, crates.io as the only source, and
// `napi` under the root package only, so that no engine learns of JavaScript.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/** @returns {string[]} */
export function licences() {
  const allowed = allowedLicences();
  const metadata = spawnSync('cargo', ['metadata', '--format-version=1', '--locked', '--features', 'full'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (metadata.status !== 0) return [metadata.stderr];
  const problems = [];
  for (const { name, version, license, source, dependencies } of JSON.parse(metadata.stdout).packages) {
    if (!satisfied(license ?? '', allowed))
      problems.push(`${name} ${version}: licence "${license}" is not allowed by deny.toml`);
    if (source && !source.startsWith('registry+https://github.com/rust-lang/crates.io-index')) {
      problems.push(`${name} ${version}: comes from ${source}`);
    }
    if (source || name === 'dx-js-compatibility') continue;
    for (const dependency of dependencies) {
      if (/^napi(-|$)/.test(dependency.name)) problems.push(`${name}: an engine must not depend on ${dependency.name}`);
      if (dependency.path && dependency.name !== 'dx-fault')
        problems.push(`${name}: an engine must not depend on ${dependency.name}`);
    }
  }
  return problems;
}

function allowedLicences() {
  const text = fs.readFileSync(path.join(root, 'deny.toml'), 'utf8');
  const list = /^\[licenses\][\s\S]*?^allow = \[([^\]]*)\]/m.exec(text)?.[1] ?? '';
  return new Set(list.match(/"[^"]+"/g)?.map((name) => name.slice(1, -1)));
}

/**
 * An SPDX expression: OR binds weaker than AND; both may be nested in brackets.
 *
 * @param {string} expression @param {Set<string>} allowed @returns {boolean}
 */
function satisfied(expression, allowed) {
  const tokens = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const any = () => {
    let result = every();
    for (; tokens[at] === 'OR'; result = every() || result) at++;
    return result;
  };
  const every = () => {
    let result = one();
    for (; tokens[at] === 'AND'; result = one() && result) at++;
    return result;
  };
  const one = () => {
    if (tokens[at] === '(') {
      at++;
      const result = any();
      at++;
      return result;
    }
    let name = tokens[at++] ?? '';
    if (tokens[at] === 'WITH') name += ` WITH ${tokens[(at += 2) - 1]}`;
    return allowed.has(name);
  };
  return any();
}
