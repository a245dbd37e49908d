'use strict';

/**
 * `require('dx-compat')`: gives the `Bun` object and installs it, and the globals that go with it,
 * on `globalThis`. The table of contents of `Bun` is `pure.js`, that of the globals `lib/globals.js`,
 * that of the `bun:*` modules `lib/modules.js`.
 */

module.exports = require('./lib/polyfill').install({ imports: true });
