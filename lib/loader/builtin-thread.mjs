// The hooks of `builtin-imports.js` on the hooks thread of Node < 22.15.
import { createRequire } from 'node:module';

export const { resolve, load } = createRequire(import.meta.url)('./builtin-hooks.js');
