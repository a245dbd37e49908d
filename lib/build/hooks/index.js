'use strict';

/**
 * What is hooked into the bundler, in the order in which it is asked: the plugins of the caller
 * first, as in Bun.
 */

/**
 * @param {import('../config').Settings} settings
 * @param {import('../plugin-builder').Plugins} plugins
 * @param {import('../bundle').Need} need looked at by each attempt
 * @param {ReturnType<typeof import('./deferrals').deferrals>} deferrals
 * @returns {import('esbuild').Plugin[]}
 */
function hooks(settings, plugins, need, deferrals) {
  return [
    ...(plugins.onResolve.length || plugins.onLoad.length
      ? [require('./plugins').plugin(settings, plugins, deferrals)]
      : []),
    ...(settings.files ? [require('./files').plugin(settings)] : []),
    require('./builtins').plugin(settings),
    require('./assets').plugin(settings),
    require('./data').plugin(settings),
    require('./sources').plugin(settings, need),
  ];
}

module.exports = { hooks };
