'use strict';

/** What `dx-compat build` prints. */

const path = require('node:path');
const { byteSize } = require('../bun/byte-size');

const usageText = `Usage:
  Transpile and bundle one or more files.
  bun build [flags] <entrypoint>

Flags:
      --production               Set NODE_ENV=production and enable minification
      --target=<val>             The intended execution environment for the bundle. "browser", "bun" or "node"
      --format=<val>             The module format to build to: "esm", "cjs" or "iife"
      --outdir=<val>             Write the files here
      --outfile=<val>            Write to a file
      --root=<val>               Root directory used for multiple entry points
      --sourcemap=<val>          Build with sourcemaps - 'linked', 'inline', 'external', or 'none'
      --metafile=<val>           Write a JSON file with metadata about the build
      --banner=<val>             Add a banner to the bundled output such as "use client"
      --footer=<val>             Add a footer to the bundled output such as // built with bun!
      --splitting                Enable code splitting
      --public-path=<val>        A prefix to be appended to any import paths in bundled code
  -e, --external=<val>           Exclude module from transpilation (can use * wildcards). ex: -e react
      --packages=<val>           Add dependencies to bundle or keep them external: "external", "bundle"
      --entry-naming=<val>       Customize entry point filenames. Defaults to "[dir]/[name].[ext]"
      --chunk-naming=<val>       Customize chunk filenames. Defaults to "[name]-[hash].[ext]"
      --asset-naming=<val>       Customize asset filenames. Defaults to "[name]-[hash].[ext]"
      --no-bundle                Transpile file only, do not bundle
      --minify                   Enable all minification flags
      --minify-syntax            Minify syntax and inline data
      --minify-whitespace        Minify whitespace
      --minify-identifiers       Minify identifiers
      --keep-names               Preserve original function and class names when minifying
  -d, --define=<val>             Replace a name by an expression. ex: -d A:1
  -l, --loader=<val>             Read files of an extension in a way. ex: .svg:text
      --drop=<val>               Remove calls. ex: --drop=console
      --feature=<val>            Turn on a feature of bun:bundle
      --env=<val>                Inline environment variables: "inline", "disable" or a prefix like 'PUBLIC_*'
      --conditions=<val>         Pass custom conditions to resolve
      --tsconfig-override=<val>  Use this tsconfig.json
      --watch                    Build again when a file changes
`;

function usage() {
  process.stdout.write(usageText);
}

function missingEntrypoints() {
  const { version, revision } = require('../bun/version');
  process.stdout.write(`bun build v${version} (${revision.slice(0, 9)})
error: Missing entrypoints. What would you like to bundle?

Usage:
  $ bun build <entrypoint> [...<entrypoints>] [...flags]  

To see full documentation:
  $ bun build --help
`);
}

/** @param {any[]} logs `BuildMessage`s and `ResolveMessage`s */
function complain(logs) {
  if (!logs.length) return;
  const texts = logs.map((log) => (log.position ? log.stack : `${log.level}: ${log.message}`));
  process.stderr.write(`${texts.join('\n\n')}\n`);
}

/** What a file is called. @type {Record<string, string>} */
const kinds = { 'entry-point': 'entry point', sourcemap: 'source map' };

/**
 * @param {any} result
 * @param {{ outdir: string }} config
 * @param {number} took milliseconds
 * @param {boolean} [alone] nothing was bundled
 */
function summary({ outputs, metafile }, { outdir }, took, alone) {
  const modules = Object.keys(metafile.inputs).length;
  const done = alone ? 'Transpiled file' : `Bundled ${modules} module${modules === 1 ? '' : 's'}`;
  const rows = outputs.map((/** @type {any} */ { path: file, size, kind }) => [
    path.relative(path.resolve(outdir), file).replaceAll(path.sep, '/'),
    byteSize(size),
    `(${kinds[kind] ?? kind})`,
  ]);
  const width = (/** @type {number} */ column) =>
    Math.max(...rows.map((/** @type {string[]} */ row) => row[column].length));
  const [names, sizes] = [width(0), width(1)];
  const lines = rows.map(
    (/** @type {string[]} */ [name, size, kind]) => `  ${name.padEnd(names)}  ${size.padEnd(sizes)}  ${kind}\n`,
  );
  process.stdout.write(`${done} in ${Math.round(took)}ms\n\n${lines.join('')}\n`);
}

module.exports = { usage, missingEntrypoints, complain, summary };
