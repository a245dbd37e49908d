'use strict';

/**
 * The plugins of the caller: `onResolve` and `onLoad` as Bun calls them.
 *
 * @see bun-types/docs/bundler/plugins.mdx
 */

const path = require('node:path');
const { buildMessage } = require('../../loader/messages');
const { loaderOf } = require('../loaders');
const { engineFilter } = require('./filter');
const { loaded } = require('./loaded');

const allLoaders = new Set(
  'js jsx ts tsx json jsonc json5 toml yaml xml md text file css html wasm napi object base64 dataurl'.split(' '),
);

/** @typedef {import('../plugin-builder').Hook} Hook */

/** What stands for a module whose callback waits for the others. @type {import('esbuild').OnLoadResult} */
const placeholder = { contents: 'module.exports = {};', loader: 'js' };

/**
 * @param {import('../config').Settings} settings
 * @param {import('../plugin-builder').Plugins} plugins
 * @param {ReturnType<typeof import('./deferrals').deferrals>} deferrals
 * @returns {import('esbuild').Plugin}
 */
function plugin(settings, { onResolve, onLoad }, deferrals) {
  const remembered = new Map();
  return {
    name: 'dx-compat:plugins',
    setup(build) {
      for (const [index, hook] of onResolve.entries()) {
        build.onResolve({ filter: engineFilter(hook.filter), namespace: hook.namespace }, (args) => {
          if (!matches(hook, args.path)) return undefined;
          const key = ['resolve', index, args.path, args.importer, args.namespace, args.resolveDir, args.kind];
          return once(remembered, key, () => resolve(hook, args, onLoad));
        });
      }
      for (const [index, hook] of onLoad.entries()) {
        const namespace = hook.namespace ?? 'file';
        build.onLoad({ filter: engineFilter(hook.filter), namespace }, (args) => {
          if (!matches(hook, args.path)) return undefined;
          const call = once(remembered, ['load', index, args.path], () => ({
            ...deferrals.call((defer) => load(hook, args, settings, defer)),
            again: false,
          }));
          if (call.again) return call.result;
          call.again = true;
          return Promise.race([call.result, call.deferred.then(() => placeholder)]);
        });
      }
    },
  };
}

/** A build may be asked for twice; a plugin is not. @param {Map<string, any>} remembered @param {unknown[]} key @param {() => any} call */
function once(remembered, key, call) {
  const name = JSON.stringify(key);
  if (!remembered.has(name)) remembered.set(name, call());
  return remembered.get(name);
}

/** @param {Hook} hook @param {string} text */
function matches({ filter }, text) {
  filter.lastIndex = 0;
  return filter.test(text);
}

/**
 * @param {Hook} hook
 * @param {import('esbuild').OnResolveArgs} args
 * @param {Hook[]} onLoad
 * @returns {Promise<import('esbuild').OnResolveResult | undefined>}
 */
async function resolve({ callback }, args, onLoad) {
  const isEntry = args.kind === 'entry-point';
  const importer = isEntry ? '' : args.importer;
  try {
    const result = await callback({
      path: args.path,
      importer,
      namespace: args.namespace || 'file',
      resolveDir: isEntry ? '.' : args.resolveDir || path.dirname(importer),
      kind: isEntry ? 'entry-point-build' : args.kind,
    });
    if (result === null || typeof result !== 'object') return undefined;
    return destination(result, onLoad);
  } catch (error) {
    return complaint(error, importer);
  }
}

/** @param {any} result @param {Hook[]} onLoad */
function destination({ path: to, namespace: given, external }, onLoad) {
  const namespace = given || 'file';
  if (to === undefined || to === null || to === '') return undefined;
  if (typeof to !== 'string') throw new TypeError("onResolve plugins 'path' field must be a string if provided");
  if (external) return { path: to, external: true };
  if (namespace === 'file') {
    if (!path.isAbsolute(to))
      throw new TypeError('onResolve plugin "path" must be absolute when the namespace is "file"');
  } else if (!onLoad.some((hook) => hook.namespace === namespace)) {
    throw new TypeError(`Expected onLoad plugin for namespace ${namespace} to exist`);
  }
  return { path: to, namespace };
}

/**
 * @param {Hook} hook
 * @param {import('esbuild').OnLoadArgs} args
 * @param {import('../config').Settings} settings
 * @param {() => Promise<void>} defer
 * @returns {Promise<import('esbuild').OnLoadResult | undefined>}
 */
async function load({ callback }, args, settings, defer) {
  const loader = args.namespace === 'file' ? loaderOf(args.path, settings.loader) : 'js';
  try {
    const { path: file, namespace } = args;
    const result = await callback({ path: file, namespace, loader, side: 'client', defer });
    if (result === null || typeof result !== 'object') return undefined;
    return contentsOf(result, args, loader, settings);
  } catch (error) {
    return complaint(error, args.path);
  }
}

/** @param {any} result @param {import('esbuild').OnLoadArgs} args @param {string} loader @param {import('../config').Settings} settings */
function contentsOf({ contents, loader: given, exports }, args, loader, settings) {
  if (given !== undefined && !allLoaders.has(given)) throw new TypeError(`Loader ${given} is not supported.`);
  if (given === 'object') {
    if (exports === null || typeof exports !== 'object') {
      throw new TypeError('onLoad plugin returned loader: "object" but "exports" is not an object');
    }
    return loaded(JSON.stringify(exports), args.path, 'json', settings);
  }
  if (typeof contents !== 'string' && !ArrayBuffer.isView(contents)) {
    throw new TypeError('onLoad plugins must return an object with "contents" as a string or Uint8Array');
  }
  const bytes =
    typeof contents === 'string' ? contents : new Uint8Array(contents.buffer, contents.byteOffset, contents.byteLength);
  const folder = path.isAbsolute(args.path) ? path.dirname(args.path) : settings.directory;
  return loaded(bytes, args.path, given ?? loader, settings, folder);
}

/** @param {any} error @param {string} file */
function complaint(error, file) {
  const text = error instanceof Error ? error.message : String(error);
  const position = { lineText: '', file, namespace: 'file', line: 0, column: 0, length: 0, offset: 0 };
  return { errors: [{ text, detail: { say: () => buildMessage(text, position) } }] };
}

module.exports = { plugin };
