'use strict';

const { prepare } = require('./prepare');

/**
 * `-e CODE`, `-p CODE`.
 *
 * @param {Record<string, any>} flags
 * @param {string[]} args
 */
async function evaluate(flags, args) {
  await prepare(flags);
  process.argv.splice(1, process.argv.length, ...args);
  const { runInThisContext } = require('node:vm');
  const result = await runInThisContext(flags.eval ?? flags.print, {
    filename: '[eval]',
    importModuleDynamically: require('node:vm').constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (flags.print !== undefined) console.log(result);
}

/** `-`: what stdin holds. @param {Record<string, any>} flags @param {string[]} args */
async function evaluateInput(flags, args) {
  return evaluate({ ...flags, eval: require('node:fs').readFileSync(0, 'utf8') }, ['-', ...args]);
}

module.exports = { evaluate, evaluateInput };
