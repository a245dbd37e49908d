'use strict';

/**
 * `node --import dx-compat/node/register` and `-r dx-compat/node/register`: the faster functions for whoever imports
 * `node:fs` and so on. They are put on Node's own modules, so that all ways to load these give them, in every realm that
 * shares the modules; loading it again changes nothing.
 */

const { syncBuiltinESMExports } = require('node:module');
const { replace } = require('./overlay');

/** @type {[original: any, overlaid: any][]} */
const modules = [
  [require('node:child_process'), require('./child_process')],
  [require('node:crypto'), require('./crypto')],
  [require('node:fs'), require('./fs')],
  [require('node:fs/promises'), require('./fs-promises')],
  [require('node:http'), require('./http')],
  [require('node:https'), require('./https')],
];

for (const [original, overlaid] of modules) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(overlaid))) {
    const found = Object.getOwnPropertyDescriptor(original, name);
    // `fs.promises` is `node:fs/promises`, whose functions are replaced there.
    if (typeof value === 'function' && found?.value !== undefined && found.value !== value)
      replace(original, name, value);
  }
}
syncBuiltinESMExports();
