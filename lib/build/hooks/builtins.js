'use strict';

/**
 * Modules that are no files: `bun`, `bun:*` and Node's own in builds that cannot have them.
 */

const { isBuiltin } = require('node:module');
const { namespaces } = require('./namespaces');

/** npm packages that stand for modules of Node in browsers, where they are installed. @type {Record<string, string>} */
const browserPackages = {
  path: 'path-browserify',
  crypto: 'crypto-browserify',
  stream: 'stream-browserify',
  http: 'stream-http',
  https: 'https-browserify',
  os: 'os-browserify',
  zlib: 'browserify-zlib',
  querystring: 'querystring-es3',
  timers: 'timers-browserify',
  vm: 'vm-browserify',
  tty: 'tty-browserify',
  constants: 'constants-browserify',
  console: 'console-browserify',
};

/** Modules that a browser has nothing for: Bun gives an empty one. */
const empty = new Set(
  'fs fs/promises child_process cluster dgram dns dns/promises inspector module net perf_hooks readline readline/promises repl tls trace_events v8 worker_threads async_hooks diagnostics_channel http2'.split(
    ' ',
  ),
);

/** Marks what this hook asks itself. */
const asking = Symbol('asking');

/** @param {import('../config').Settings} settings @returns {import('esbuild').Plugin} */
function plugin({ target }) {
  return {
    name: 'dx-compat:builtins',
    setup(build) {
      build.onResolve({ filter: /^bun:bundle$/ }, () => ({
        errors: [{ text: 'Could not resolve "bun:bundle"', detail: { needsSources: true } }],
      }));
      if (target !== 'browser') return;
      build.onResolve({ filter: /^node:|^[a-z0-9_]+(?:\/promises)?$/ }, async (args) => {
        if (args.pluginData === asking || !isBuiltin(args.path)) return undefined;
        const name = args.path.replace(/^node:/, '');
        const { resolveDir, kind, importer } = args;
        for (const candidate of [`${name}/`, browserPackages[name]]) {
          if (!candidate) continue;
          const found = await build.resolve(candidate, { resolveDir, kind, importer, pluginData: asking });
          if (!found.errors.length && !found.external) return found;
        }
        return empty.has(name) ? { path: name, namespace: namespaces.empty } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: namespaces.empty }, () => ({
        contents: 'module.exports = {};',
        loader: 'js',
      }));
    },
  };
}

module.exports = { plugin };
