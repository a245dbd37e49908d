'use strict';

/**
 * `dx-compat [flags] <command | file | script> [args]`. Commands are files of this folder.
 *
 * @see bun-types/docs/runtime/index.mdx
 */

const { parseFlags, runtimeFlags, UsageError } = require('./flags');

/** Command -> how to run it with the flags before it and the arguments after it. */
const commands = {
  run: (/** @type {string[]} */ args, /** @type {Flags} */ flags) => require('./run').run(args, flags),
  test: (/** @type {string[]} */ args, /** @type {Flags} */ flags) => require('./test').test(args, flags),
  exec: (/** @type {string[]} */ args, /** @type {Flags} */ flags) => require('./exec').exec(args, flags),
  build: (/** @type {string[]} */ args, /** @type {Flags} */ flags) => require('./build').build(args, flags),
  help: () => require('./help').help(),
};

/** Commands of Bun's that are not here: their names must not be taken for a script or a file. */
const absent = new Set(
  (
    'add audit check create dedupe fmt i info init install link outdated patch pm prune publish remove repl rm ' +
    'unlink update upgrade why x a c'
  ).split(' '),
);

/**
 * @typedef {Record<string, any>} Flags
 * @param {string[]} args what stands after `dx-compat`
 */
async function main(args) {
  process.mainModule = undefined; // ours is not the program's, whose modules ask for `require.main`
  require('./uncaught').install();
  try {
    await dispatch([...(process.env.BUN_OPTIONS ? require('./words').words(process.env.BUN_OPTIONS) : []), ...args]);
  } catch (error) {
    if (error instanceof require('./prepare').PreloadMissing) {
      process.stderr.write(`error: ${error.message}\n`);
      process.exit(1);
    }
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`error: ${error.message} (see "dx-compat --help")\n`);
    process.exitCode = 1;
  }
}

/** @param {string[]} args */
function dispatch(args) {
  if (args[0] === '--as-node') return require('./as-node').runAsNode(args.slice(1));
  const { flags, rest, separated } = parseFlags(args, runtimeFlags);
  const [name, ...after] = rest;
  if (flags.version) return require('./version').version();
  if (flags.revision) return require('./version').revision();
  if (flags.help) return require('./help').help(name);
  if (flags.eval !== undefined || flags.print !== undefined) return require('./eval').evaluate(flags, rest);
  if (name === undefined) return require('./help').help();
  if (!separated && Object.hasOwn(commands, name)) return commands[/** @type {'run'} */ (name)](after, flags);
  if (!separated && absent.has(name)) throw new UsageError(`The command "${name}" is not supported by dx-compat yet`);
  return require('./run').runPositional(rest, flags);
}

module.exports = { main };
