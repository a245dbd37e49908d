'use strict';

/**
 * One build. The engine is asked with nothing hooked in that is not asked for: most builds need no
 * call back into JavaScript per module. Where its answer shows that more is needed, it is asked again.
 */

const path = require('node:path');
const { bundler, engineOptions } = require('./engine');
const { diagnostics } = require('./diagnostics');
const { loaderOf } = require('./loaders');
const { mayHaveMacros } = require('./macros');
const { wantsMetadata } = require('./metadata');

/**
 * What only some builds need.
 *
 * @typedef {object} Need
 * @property {string[]} copied further extensions of files that are copied
 * @property {boolean} metadata decorators tell the types of what they stand on
 * @property {Record<string, string[]>} declared file, relative to the working directory -> names that it declares itself
 * @property {boolean} sources every source passes through `hooks/sources.js`
 */

/**
 * @param {import('./config').Settings} settings
 * @param {import('./plugin-builder').Plugins} plugins
 */
async function bundle(settings, plugins) {
  for (const callback of plugins.onStart) await callback();
  const answer = await ask(settings, plugins);
  const output = {
    outputs: /** @type {any[]} */ ([]),
    success: answer.errors.length === 0,
    logs: diagnostics(answer, settings),
  };
  if (output.success) await require('./outputs').fill(output, answer, settings);
  for (const callback of plugins.onEnd) await callback(output);
  if (output.success || !settings.throws) return output;
  throw new AggregateError(output.logs, 'Bundle failed');
}

/** @param {import('./config').Settings} settings @param {import('./plugin-builder').Plugins} plugins */
async function ask(settings, plugins) {
  const patterns = settings.entrypoints.filter((name) => name.includes('*')); // to the engine, not to Bun
  if (patterns.length) {
    const errors = patterns.map((name) => ({ id: '', text: `Could not resolve "${name}"`, location: null, notes: [] }));
    return { errors, warnings: [], outputFiles: [] };
  }
  /** @type {Need} */
  const need = { copied: [], declared: Object.create(null), sources: false, metadata: wantsMetadata(settings) };
  need.sources = need.metadata;
  const deferrals = require('./hooks/deferrals').deferrals();
  const pages = await pagesOf(settings);
  const hooks = require('./hooks').hooks(settings, plugins, need, deferrals);
  if (pages.length) hooks.push(require('./html/pages').plugin(pages, settings));
  for (;;) {
    const options = engineOptions(settings, need, hooks);
    if (pages.length) options.entryPoints = /** @type {any} */ (require('./html/pages').entryPoints(settings, pages));
    const answer = { ...(await attempt(options)), pages };
    const more = widen(need, answer);
    if (deferrals.settle() || more) continue;
    if (pages.length) answer.errors = [...answer.errors, ...require('./html/pages').missing(pages, settings)];
    return answer;
  }
}

/** @param {import('./config').Settings} settings @returns {Promise<import('./html/pages').Page[]>} */
async function pagesOf(settings) {
  const some = settings.entrypoints.some((entry) => loaderOf(entry, settings.loader) === 'html');
  return some ? require('./html/pages').readPages(settings) : [];
}

/** @param {any} options @returns {Promise<any>} */
async function attempt(options) {
  try {
    return await bundler().build(options);
  } catch (/** @type {any} */ error) {
    if (!Array.isArray(error?.errors)) throw error;
    return { errors: error.errors, warnings: error.warnings, outputFiles: [] };
  }
}

/** What the engine says of import attributes that it does not know, and of macros. */
const sourceNeeded = /^(?:Importing with (?:a type attribute|the ")|Could not resolve "macro:)/;

/**
 * @param {Need} need
 * @param {any} answer
 * @returns {boolean} whether more is needed than was known
 */
function widen(need, { errors, outputFiles }) {
  const before = JSON.stringify(need);
  for (const { text, detail, location } of errors) {
    const [, extension] = /^No loader is configured for "(\.[^"]+)" files/.exec(text) ?? [];
    if (extension) note(need.copied, extension);
    const [, name] = /^The symbol "(__dirname|__filename)" has already been declared$/.exec(text) ?? [];
    if (name && location) note((need.declared[path.normalize(location.file)] ??= []), name);
    need.sources ||=
      Boolean(detail?.needsSources) || sourceNeeded.test(text) || mayHaveMacros(location?.lineText ?? '');
  }
  need.sources ||= require('./hooks/sources').wanted(outputFiles);
  return JSON.stringify(need) !== before;
}

/** @param {string[]} names @param {string} name */
function note(names, name) {
  if (!names.includes(name)) names.push(name);
}

module.exports = { bundle, attempt };
