'use strict';

/**
 * `node --import dx-compat/register app.ts` and `node -r dx-compat/register app.ts`: the polyfill
 * and Bun's module loading.
 */

module.exports = require('./index');
require('./lib/loader').install();
