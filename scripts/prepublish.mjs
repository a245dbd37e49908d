// `node scripts/prepublish.mjs [--binaries DIR] [--out DIR]`: packs what goes to the registry into dist/: one package
// for each platform whose binary is there, and `dx-compat` itself, which names all of them as optional dependencies.
// They are named here and not in the checkout's package.json, since npm would look for them before they exist.
// No package has an install script.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './addon-stamp.mjs';

const { values } = parseArgs({
  options: {
    binaries: { type: 'string', default: path.join(root, 'lib') },
    out: { type: 'string', default: path.join(root, 'dist') },
  },
});
const out = path.resolve(values.out);
const staging = fs.mkdtempSync(path.join(root, '.cache', 'publish-'));
fs.mkdirSync(out, { recursive: true });

const platforms = fs.readdirSync(path.join(root, 'npm'));
for (const platform of platforms) {
  const binary = `dx-compat.${platform}.node`;
  if (!fs.existsSync(path.join(values.binaries, binary))) {
    console.log(`skipped  @dx-compat/${platform}: no ${binary} in ${values.binaries}`);
    continue;
  }
  const folder = path.join(staging, platform);
  fs.cpSync(path.join(root, 'npm', platform), folder, { recursive: true });
  fs.copyFileSync(path.join(values.binaries, binary), path.join(folder, binary));
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  pack(folder);
}

const main = path.join(staging, 'dx-compat');
const {
  devDependencies: _,
  scripts: __,
  napi: ___,
  ...manifest
} = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
manifest.optionalDependencies = Object.fromEntries(platforms.map((name) => [`@dx-compat/${name}`, manifest.version]));
fs.mkdirSync(main);
for (const name of [
  ...manifest.files.filter((/** @type {string} */ file) => !file.startsWith('!')),
  'README.md',
  'LICENSE',
]) {
  if (fs.existsSync(path.join(root, name)))
    fs.cpSync(path.join(root, name), path.join(main, name), { recursive: true });
}
fs.writeFileSync(path.join(main, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
pack(main);
fs.rmSync(staging, { recursive: true });

/** @param {string} folder */
function pack(folder) {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', out, folder], {
    encoding: 'utf8',
    cwd: root,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(stderr);
  const [{ name, filename, size, entryCount }] = JSON.parse(stdout);
  console.log(`packed   ${name}: ${filename}, ${Math.ceil(size / 1024)} KB, ${entryCount} files`);
}
