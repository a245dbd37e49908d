// `npm run build` / `npm run build:debug`: compiles the addon into lib/ and generates lib/binding.d.ts.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root, sourceHash, writeStamp } from './addon-stamp.mjs';

const release = !process.argv.includes('--debug');
const cli = path.join(path.dirname(createRequire(import.meta.url).resolve('@napi-rs/cli/package.json')), 'dist/cli.js');
const flags = ['build', '--platform', '--no-js', '--dts', 'binding.d.ts', '--output-dir', 'lib', '--features', 'full'];
if (release) flags.push('--release');

const hash = sourceHash();
const { status } = spawnSync(process.execPath, [cli, ...flags, '--', '--locked'], { cwd: root, stdio: 'inherit' });
if (status === 0) writeStamp(release ? 'release' : 'debug', hash);
process.exit(status ?? 1);
