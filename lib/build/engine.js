'use strict';

/**
 * The bundler, esbuild, and the options that it takes. Loaded by the first build and by nothing else.
 *
 * @see docs/dependencies.md why it is this one
 */

const path = require('node:path');
const { definitions, isProduction } = require('./environment');

/** @type {any} */
let engine;

/** @returns {typeof import('esbuild')} */
function bundler() {
  return (engine ??= require('esbuild'));
}

/** As Bun's bundler tries them. */
const extensions = ['.tsx', '.ts', '.jsx', '.cts', '.cjs', '.js', '.mjs', '.mts', '.json'];

/**
 * What each target takes of a package; without `fields` the platform's own: `browser`, `module`, `main` for browsers,
 * `main`, `module` for Node.
 *
 * @type {Record<string, { platform: 'browser' | 'node', fields?: string[], conditions: string[] }>}
 */
const targets = {
  browser: { platform: 'browser', conditions: ['module'] },
  node: { platform: 'node', conditions: [] },
  bun: { platform: 'node', fields: ['module', 'main'], conditions: ['bun'] },
};

/** Bun's loader -> the engine's. What is not here is read by `hooks/data.js`. @type {Record<string, string>} */
const engineLoaders = {
  js: 'js',
  jsx: 'jsx',
  ts: 'ts',
  tsx: 'tsx',
  css: 'css',
  json: 'json',
  text: 'text',
  file: 'file',
  wasm: 'file',
  napi: 'copy',
  base64: 'base64',
  dataurl: 'dataurl',
  html: 'file',
};

/** @type {Record<string, string>} extension -> the engine's loader, where the engine's own choice is another */
const defaultLoaders = {
  '.js': 'jsx',
  '.txt': 'text',
  '.text': 'text',
  '.wasm': 'file',
  '.node': 'copy',
  '.html': 'file',
};

/** Extensions of files that are copied; what is not here is found out by the engine's complaint. */
const assets =
  'png jpg jpeg gif svg webp avif ico bmp tiff woff woff2 ttf otf eot mp3 mp4 webm ogg wav flac aac pdf zip gz glb gltf bin'
    .split(' ')
    .map((name) => `.${name}`);

/**
 * @param {import('./config').Settings} settings
 * @param {import('./bundle').Need} need
 * @param {import('esbuild').Plugin[]} plugins
 * @returns {import('esbuild').BuildOptions}
 */
function engineOptions(settings, need, plugins) {
  const { directory, target, format, naming, minify, splitting } = settings;
  const { platform, fields, conditions } = targets[target];
  const define = definitions(settings);
  return {
    absWorkingDir: directory,
    entryPoints: settings.entrypoints,
    bundle: true,
    write: false,
    metafile: true,
    allowOverwrite: true, // nothing is written by the engine
    logLevel: 'silent',
    logLimit: 0,
    outdir: settings.outdir ?? directory,
    outbase: settings.root,
    entryNames: naming.entry.engine,
    chunkNames: naming.chunk.engine,
    assetNames: naming.asset.engine,
    platform,
    mainFields: fields,
    conditions: [...settings.conditions, ...conditions],
    resolveExtensions: extensions,
    target: 'esnext',
    supported: { decorators: false, using: false }, // no engine has the first, Node 20 neither
    format,
    splitting,
    external: [...settings.external, ...builtins(target)],
    packages: settings.packages,
    publicPath: settings.publicPath || undefined,
    define,
    drop: /** @type {any} */ (settings.drop.filter((name) => name === 'console' || name === 'debugger')),
    pure: settings.drop.filter((name) => name !== 'console' && name !== 'debugger'),
    loader: readers(settings.loader, need),
    sourcemap: settings.sourcemap === 'none' ? false : 'external',
    minifyWhitespace: minify.whitespace,
    minifySyntax: minify.syntax,
    minifyIdentifiers: minify.identifiers,
    keepNames: minify.keepNames,
    ignoreAnnotations: settings.ignoreAnnotations,
    treeShaking: settings.treeShaking,
    legalComments: 'inline',
    charset: target === 'bun' ? 'ascii' : 'utf8',
    banner: both(banner(settings)),
    footer: both({ js: settings.footer, css: settings.footer }),
    tsconfig: settings.tsconfig && path.resolve(directory, settings.tsconfig),
    plugins,
    ...jsxOptions(settings.jsx, isProduction(define)),
  };
}

/** Modules that the target has itself. @param {string} target */
function builtins(target) {
  if (target === 'browser') return [];
  return target === 'bun' ? ['bun', 'bun:*', 'node:*'] : ['bun:*', 'node:*'];
}

/**
 * @param {Record<string, string>} given
 * @param {import('./bundle').Need} need
 * @returns {any}
 */
function readers(given, need) {
  /** @type {Record<string, string>} */
  const loader = { ...defaultLoaders };
  for (const extension of [...assets, ...need.copied]) loader[extension] = 'file';
  for (const [extension, name] of Object.entries(given)) {
    if (engineLoaders[name]) loader[extension] = engineLoaders[name];
  }
  return loader;
}

/** What is for the system to read stands first, then what is for Bun. @param {import('./config').Settings} settings */
function banner({ banner: text, target }) {
  if (target !== 'bun') return { js: text, css: text };
  const [first, ...rest] = text.startsWith('#!') ? text.split('\n') : ['', text];
  return { js: [first, '// @bun', ...rest].filter(Boolean).join('\n'), css: text };
}

/** @param {{ js: string, css: string }} texts */
function both({ js, css }) {
  return { ...(js ? { js } : {}), ...(css ? { css } : {}) };
}

/** @param {any} jsx of the config @param {boolean} production @returns {Partial<import('esbuild').BuildOptions>} */
function jsxOptions({ runtime, factory, fragment, importSource, sideEffects, development }, production) {
  const classic = runtime === 'classic' || runtime === 'react';
  return {
    jsx: classic ? 'transform' : 'automatic',
    jsxDev: development ?? (runtime === 'react-jsx' ? false : !production),
    ...(factory ? { jsxFactory: factory } : {}),
    ...(fragment ? { jsxFragment: fragment } : {}),
    ...(importSource ? { jsxImportSource: importSource } : {}),
    jsxSideEffects: Boolean(sideEffects),
  };
}

module.exports = { bundler, engineOptions, engineLoaders };
