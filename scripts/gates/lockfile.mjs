// `npm ci` refuses a package-lock.json that lacks an optional package, even one for another platform.
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../addon-stamp.mjs';

/** @returns {string[]} */
export function lockfile() {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return missingPackages(packages).map(
    ({ name }) => `package-lock.json: lacks ${name}; run node scripts/complete-lockfile.mjs`,
  );
}

/** @param {Record<string, any>} packages of a package-lock.json */
export function missingPackages(packages) {
  const missing = [];
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = ancestors(place).some((folder) => packages[`${folder}node_modules/${name}`]);
      if (!found && !missing.some((known) => known.name === name)) missing.push({ name, version, dev });
    }
  }
  return missing;
}

/** The folders in which a package at `place` finds its dependencies. @param {string} place */
function ancestors(place) {
  const parts = place.split('node_modules/').filter(Boolean);
  return parts
    .map(
      (_, i) =>
        `${parts
          .slice(0, parts.length - i)
          .map((part) => `node_modules/${part}`)
          .join('')}/`,
    )
    .concat('');
}
