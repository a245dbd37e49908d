// The hooks thread of Node < 22.15: the same hooks as `hooks.js`, called from another thread.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export function initialize(data) {
  require('./engine.js').configure(data.options);
  require('./main.js').set(data.main);
}

export const { resolve, load } = require('./hooks.js').threaded;
