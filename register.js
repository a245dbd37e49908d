'use strict';

/**
 * `node --import dx-compat/register app.ts` and `node -r dx-compat/register app.ts`: the polyfill,
 * Bun's console and Bun's module loading.
 */

module.exports = require('./lib/polyfill').install();
if (!require('./lib/internal/hooks-thread').isHooksThread()) {
  // In Bun a worker thread has Node's console.
  if (require('node:worker_threads').isMainThread) require('./lib/web/console').install();
  require('./lib/loader').install();
}
