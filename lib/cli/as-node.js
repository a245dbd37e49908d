'use strict';

/**
 * The launcher named `node`, which `--bun` puts into PATH: Node's own command line, with the polyfill
 * and the loader, and as in Bun without `.env` files.
 */

const { parseFlags, runtimeFlags } = require('./flags');

/** @param {string[]} args */
function runAsNode(args) {
  const { flags, rest } = parseFlags(args, runtimeFlags);
  flags['no-env-file'] = true;
  if (flags.version) return console.log(process.version);
  if (flags.eval !== undefined || flags.print !== undefined) return require('./eval').evaluate(flags, rest);
  if (rest.length === 0) return require('./eval').evaluateInput(flags, []);
  return require('./run').runOnlyFile(rest, flags);
}

module.exports = { runAsNode };
