'use strict';

/**
 * `require('dx-compat/pure')`: the `Bun` object and the table of contents of everything in it,
 * without touching `globalThis`. Each entry loads its face on first touch.
 */

const { defineLazy } = require('./lib/internal/lazy');

/** @type {typeof import('bun')} */
const Bun = /** @type {any} */ ({});

defineLazy(Bun, {
});

Object.defineProperty(Bun, Symbol.toStringTag, { value: 'Bun', configurable: true });

module.exports = Bun;
