'use strict';

/**
 * `node --import dx-compat/register app.ts` and `node -r dx-compat/register app.ts`: the polyfill,
 * Bun's console and Bun's module loading.
 */

const { isHooksThread, isMainThread } = require('./lib/internal/thread');

module.exports = require('./lib/polyfill').install();
if (!isHooksThread()) {
  // In Bun a worker thread has Node's console.
  if (isMainThread()) require('./lib/web/console').install();
  require('./lib/loader').install();
}
