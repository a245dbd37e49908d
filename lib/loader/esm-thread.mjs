// The hooks thread of Node < 22.15: the same hooks as `hooks.js`, called from another thread.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const { initialize, resolve, load } = require('./thread-hooks.js');
