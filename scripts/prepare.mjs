// From a fresh clone to something that runs: checks the tools, installs the npm packages, builds the
// addon; each only if it is needed. `npm test`, `npm run demo` and `npm run bench` start here.
// Uses nothing but Node, since nothing else is there yet.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { lastBuild, root } from './addon-stamp.mjs';

const log = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
const windows = process.platform === 'win32';

/**
 * @param {{ profile?: 'debug' | 'release' | 'any' }} [options] `any` takes what is built and up to date, builds again
 *   what was built before, and else the release; the environment variable DX_COMPAT_PROFILE overrides it
 * @returns {Promise<'debug' | 'release'>} the profile of the addon in lib/
 */
export async function prepare({ profile = 'any' } = {}) {
  await preparePackages();
  const asked = process.env.DX_COMPAT_PROFILE || profile;
  const last = lastBuild();
  const wanted = asked === 'any' ? (last.profile ?? 'release') : asked;
  if (wanted !== 'debug' && wanted !== 'release') fail([`there is no profile "${wanted}": debug, release or any`]);
  if (last.current && wanted === last.profile) return wanted;
  requireTools([cargoTool, compilerTool]);
  const flags = wanted === 'debug' ? ['--debug'] : [];
  const about = `${wanted} build, some minutes the first time`;
  await step(`building the addon (${about})`, process.execPath, [path.join(root, 'scripts', 'build.mjs'), ...flags]);
  return wanted;
}

/** Installs the npm packages of package-lock.json, if node_modules does not hold them already. */
export async function preparePackages() {
  requireNode();
  if (!packagesAreCurrent()) {
    requireTools([npmTool]);
    await step('installing the npm packages', ...npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']));
  }
  // The only install script that is needed: it puts the real binary in the place of a text that asks for it.
  const bun = path.join(root, 'node_modules', 'bun');
  if (fs.statSync(path.join(bun, 'bin', 'bun.exe')).size < 1e6) {
    await step('unpacking the pinned Bun', process.execPath, [path.join(bun, 'install.js')], bun);
  }
}

const npmTool = {
  name: 'npm',
  works: () => runs(...npm(['--version'])),
  how: () => 'It comes with Node: https://nodejs.org/en/download',
};
const cargoTool = {
  name: 'cargo (Rust)',
  works: () => runs('cargo', ['--version']) && atLeast(rustVersion(), wantedRust()),
  how: () =>
    `Rust ${wantedRust()} or newer is needed: https://rustup.rs, then \`rustup update stable\`.` +
    (runs('cargo', ['--version']) ? ` Found: Rust ${rustVersion() || 'unknown'}` : ''),
};
const compilerTool = {
  name: 'a C compiler',
  works: () => windows || [process.env.CC, 'cc', 'gcc', 'clang'].some((name) => name && runs(name, ['--version'])),
  how: () =>
    process.platform === 'darwin'
      ? 'Install it with `xcode-select --install`.'
      : 'Install it with `apt-get install build-essential`, `dnf install gcc` or what your system has.',
};

function requireNode() {
  const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '');
  if (atLeast(process.versions.node, wanted)) return;
  fail([`Node ${wanted} or newer is needed, this is Node ${process.versions.node}: https://nodejs.org/en/download`]);
}

/** @param {{ name: string, works: () => boolean, how: () => string }[]} tools */
function requireTools(tools) {
  const missing = tools.filter((tool) => !tool.works());
  if (missing.length) fail(missing.map(({ name, how }) => `${name} is missing or too old. ${how()}`));
}

/** @param {string[]} lines @returns {never} */
function fail(lines) {
  for (const line of lines) log(`dx-compat: ${line}`);
  process.exit(1);
}

/** npm as this process was started by it, else as the shell finds it. @param {string[]} args @returns {[string, string[]]} */
function npm(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && path.basename(script).startsWith('npm')) return [process.execPath, [script, ...args]];
  return windows ? ['cmd.exe', ['/d', '/c', 'npm', ...args]] : ['npm', args];
}

/** @param {string} command @param {string[]} args */
function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function wantedRust() {
  return /rust-version = "([\d.]+)"/.exec(fs.readFileSync(path.join(root, 'Cargo.toml'), 'utf8'))?.[1] ?? '0';
}

function rustVersion() {
  return /rustc ([\d.]+)/.exec(spawnSync('rustc', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '';
}

/** @param {string} version @param {string} minimum */
function atLeast(version, minimum) {
  const [have, want] = [version, minimum].map((text) => text.split('.').map(Number));
  for (let i = 0; i < want.length; i++) if ((have[i] || 0) !== want[i]) return (have[i] || 0) > want[i];
  return true;
}

/**
 * Whether node_modules holds what package-lock.json asks for: npm keeps a lockfile of what it installed. It also writes
 * there what it only planned, so the packages that we name ourselves are looked at.
 */
function packagesAreCurrent() {
  try {
    const read = (/** @type {string} */ name) => JSON.parse(fs.readFileSync(path.join(root, name), 'utf8'));
    const { packages } = read('package-lock.json');
    const installed = read('node_modules/.package-lock.json').packages;
    const { dependencies, devDependencies } = packages[''];
    return (
      Object.keys({ ...dependencies, ...devDependencies }).every(
        (name) => read(`node_modules/${name}/package.json`).version === packages[`node_modules/${name}`].version,
      ) &&
      Object.entries(packages).every(
        ([name, { version, optional, link }]) =>
          name === '' || link || (optional && !installed[name]) || installed[name]?.version === version,
      )
    );
  } catch {
    return false;
  }
}

/**
 * Runs one long step: its output goes to a log, a line every 15 seconds says that it goes on and how
 * far it is, and the end of the log is shown when it fails.
 *
 * @param {string} title @param {string} command @param {string[]} args @param {string} [cwd]
 */
async function step(title, command, args, cwd = root) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const logFile = path.join(root, '.cache', 'prepare.log');
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  fs.writeFileSync(logFile, '');
  log(`dx-compat: ${title} …`);
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      fs.appendFileSync(logFile, chunk);
      last =
        String(chunk)
          .trimEnd()
          .split('\n')
          .findLast((line) => !line.startsWith('npm warn'))
          ?.trim() || last;
    });
  }
  const timer = setInterval(() => log(`dx-compat:   ${seconds()}  ${last.slice(0, 100)}`), 15_000);
  const stop = () => child.kill();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const problem = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status === 0 ? '' : `it ended with ${signal ?? status}`));
  });
  clearInterval(timer);
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
  if (problem) {
    log(fs.readFileSync(logFile, 'utf8').split('\n').slice(-40).join('\n'));
    fail([`${title} failed: ${problem}. The whole log is ${path.relative(process.cwd(), logFile)}`]);
  }
  log(`dx-compat: ${title} … done in ${seconds()}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await prepare({ profile: process.argv.includes('--debug') ? 'debug' : 'any' });
}
