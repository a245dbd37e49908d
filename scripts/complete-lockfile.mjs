// `node scripts/complete-lockfile.mjs`: npm leaves an optional package out of package-lock.json when it cannot find it
// while it writes the file (a mirror without other platforms' binaries), and `npm ci` refuses such a file afterwards.
// Adds what is missing: the exact version that the package asks for, and the platforms that its name tells.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './addon-stamp.mjs';
import { missingPackages } from './gates/lockfile.mjs';

const file = path.join(root, 'package-lock.json');
const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

const missing = missingPackages(lock.packages);
for (const { name, version, dev } of missing) {
  const words = name.split(/[/-]/);
  const cpu = words
    .map((word) => (word === 'arm' || word.startsWith('armv') ? 'arm' : word))
    .filter((word) => processors.includes(word));
  const os = words.filter((word) => systems.includes(word));
  lock.packages[`node_modules/${name}`] = {
    version,
    ...(cpu.length ? { cpu } : {}),
    ...(dev ? { dev } : {}),
    ...(words.includes('musl')
      ? { libc: ['musl'] }
      : words.includes('gnu') && os[0] === 'linux'
        ? { libc: ['glibc'] }
        : {}),
    optional: true,
    ...(os.length ? { os } : {}),
  };
}
const [[own, about], ...others] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([[own, about], ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${missing.length} packages to package-lock.json`);
