'use strict';

const { parseArguments, withDefaults } = require('../test/runner/options');

/**
 * `dx-compat test [flags] [filters]`.
 *
 * @see https://bun.com/docs/test
 * @param {string[]} args what follows `test`
 * @param {Record<string, any>} flags what stood before it
 */
async function test(args, flags) {
  const parsed = parseArguments(args, { ...flags });
  if (parsed.flags.help) return require('./help').help('test');
  require('./prepare').chooseDirectory(parsed.flags);
  const bunfig = await require('../test/runner/settings').loadSettings(parsed.flags);
  const options = withDefaults(parsed, bunfig, process.cwd());
  process.exitCode = await require('../test/runner/coordinator').runTests(options, parsed.flags);
}

module.exports = { test };
