'use strict';

/**
 * `dx-compat build ENTRY… [flags]`: `Bun.build` from the command line.
 *
 * @see bun-types/docs/bundler/index.mdx
 */

const fs = require('node:fs');
const path = require('node:path');
const { parseBuild, configOf } = require('./build-flags');
const { UsageError } = require('./flags');

/**
 * @param {string[]} args what follows `build`
 * @param {Record<string, any>} before flags that stood before it
 */
async function build(args, before) {
  const { flags, entrypoints } = parseBuild(args, before);
  if (flags.help) return require('./build-report').usage();
  const started = performance.now();
  const prepare = require('./prepare');
  prepare.chooseDirectory(flags);
  if (!entrypoints.length) return missing();
  const files = entrypoints.map((name) => path.resolve(name));
  if (flags.watch && require('./watch').superviseOnce(flags, files)) return;
  prepare.loadEnvironment(flags, require('./bunfig').loadBunfig(flags));
  process.exitCode = (await run(flags, entrypoints, started).catch(mistake)) ? 0 : 1;
}

/** @param {unknown} error */
function mistake(error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return false;
}

function missing() {
  require('./build-report').missingEntrypoints();
  process.exitCode = 1;
}

/**
 * @param {Record<string, any>} flags
 * @param {string[]} entrypoints
 * @param {number} started
 * @returns {Promise<boolean>} whether it went well
 */
async function run(flags, entrypoints, started) {
  const config = configOf(flags, entrypoints, require('./prepare').loaderOptions(flags, {}));
  const toStdout = config.outdir === undefined;
  if (entrypoints.length > 1 && flags.outdir === undefined) {
    throw new UsageError('Must use --outdir when specifying more than one entry point.');
  }
  if (toStdout && config.sourcemap === 'external') {
    throw new UsageError('cannot use an external source map without --outdir');
  }
  // A map that is linked has to be a file.
  if (toStdout && config.sourcemap === 'linked') config.outdir = '.';
  const report = require('./build-report');
  const result = await made(config, flags);
  report.complain(result.logs);
  watched(flags, result, entrypoints);
  if (!result.success) return false;
  if (config.outdir === undefined) return toStandardOutput(result);
  report.summary(result, config, performance.now() - started, flags['no-bundle']);
  writeMetafile(flags, result.metafile);
  return true;
}

/** @param {any} config @param {Record<string, any>} flags */
function made(config, flags) {
  try {
    return flags['no-bundle'] ? require('../build/transpile').transpile(config) : require('../build')(config);
  } catch (/** @type {any} */ error) {
    throw new UsageError(error.message);
  }
}

/** @param {{ outputs: any[] }} result */
async function toStandardOutput({ outputs }) {
  if (outputs.length > 1) throw new UsageError('cannot write multiple output files without an output directory');
  for (const output of outputs) process.stdout.write(Buffer.from(await output.arrayBuffer()));
  return true;
}

/** @param {Record<string, any>} flags @param {any} metafile */
function writeMetafile({ metafile: target }, metafile) {
  if (target === undefined) return;
  const file = target === true || target === '' ? 'meta.json' : target;
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(metafile, null, 2)}\n`);
}

/**
 * Tells the watcher what was read; of a build that failed, what it complains of.
 *
 * @param {Record<string, any>} flags
 * @param {any} result
 * @param {string[]} entrypoints
 */
function watched({ watch }, { metafile, logs }, entrypoints) {
  const pipe = watch ? require('./watch').reportTo() : undefined;
  if (pipe === undefined) return;
  const complained = logs.flatMap((/** @type {any} */ { position }) => (position ? [position.file] : []));
  const files = [...entrypoints, ...Object.keys(metafile?.inputs ?? {}), ...complained];
  for (const file of files) fs.writeSync(pipe, `${path.resolve(file)}\n`);
}

module.exports = { build };
