'use strict';

/**
 * Finds and loads the native addon: the local build beside this file first (a checkout), then the
 * package of this platform (an install). Loaded on the first touch of an API that needs it, once
 * per environment (main thread or worker).
 */

const path = require('node:path');
const { makeError, ERR_BINDING_MISSING } = require('./internal/errors');

/** @returns {string} `linux-x64-gnu`, `darwin-arm64`, `win32-x64-msvc`, … */
function platformName() {
  const { platform, arch } = process;
  if (platform === 'linux') return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}`;
  if (platform === 'win32') return `win32-${arch}-msvc`;
  return `${platform}-${arch}`;
}

/** The C library stands among the files that this process has mapped; a report knows it, too, and takes 4 ms. */
function isMusl() {
  try {
    return require('node:fs').readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-');
  } catch {
    return isMuslByReport();
  }
}

function isMuslByReport() {
  const report = /** @type {any} */ (process.report);
  const excluded = report.excludeNetwork;
  report.excludeNetwork = true; // the network part of a report resolves host names
  const { header } = report.getReport();
  report.excludeNetwork = excluded;
  return !header.glibcVersionRuntime;
}

/** @returns {typeof import('./binding')} */
function load() {
  const platform = platformName();
  const local = path.join(__dirname, `dx-compat.${platform}.node`);
  const packageName = `@dx-compat/${platform}`;
  const failures = [];
  for (const candidate of [local, packageName]) {
    try {
      return require(candidate);
    } catch (error) {
      const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code !== 'MODULE_NOT_FOUND') failures.push(`  ${candidate}: ${message}`);
    }
  }
  const why = failures.length ? `\nWhat was found did not load:\n${failures.join('\n')}` : '';
  throw ERR_BINDING_MISSING(
    `dx-compat has no native binary for ${platform} (Node ${process.version}).\n` +
      `Tried the package ${packageName} and the local build ${local}.${why}\n` +
      `Install the package: npm install ${packageName}\n` +
      `or build it in a checkout of dx-compat: npm run build`,
  );
}

const binding = load();
binding.registerErrorFactory(makeError);

module.exports = binding;
