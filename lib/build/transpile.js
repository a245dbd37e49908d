'use strict';

/** `bun build --no-bundle`: each file for itself, its imports as they are. */

const { readConfig } = require('./config');
const { fill } = require('./outputs');
const { attempt } = require('./bundle');
const { diagnostics } = require('./diagnostics');
const { engineOptions } = require('./engine');

/** What the engine takes of a bundle alone. */
const bundlesOnly = /** @type {const} */ ([
  'external',
  'packages',
  'splitting',
  'mainFields',
  'conditions',
  'resolveExtensions',
]);

/**
 * @param {any} config as `Bun.build` takes it
 * @returns {Promise<{ outputs: any[], success: boolean, logs: any[], metafile?: any }>}
 */
async function transpile(config) {
  const settings = { ...readConfig(config), splitting: false };
  const options = {
    ...engineOptions(settings, { copied: [], declared: {}, sources: false, metadata: false }, []),
    bundle: false,
  };
  for (const name of bundlesOnly) delete options[name];
  const answer = await attempt(options);
  const output = { outputs: [], success: answer.errors.length === 0, logs: diagnostics(answer, settings) };
  if (output.success) await fill(output, answer, settings);
  return output;
}

module.exports = { transpile };
