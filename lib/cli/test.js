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
  const section = require('./bunfig').loadBunfig(parsed.flags).test ?? {};
  const options = withDefaults(parsed, section, process.cwd());
  // see https://bun.com/docs/test/runtime-behavior#environment-variables
  process.env.NODE_ENV ??= 'test';
  process.env.TZ ??= 'Etc/UTC';
  process.exitCode = await require('../test/runner/coordinator').runTests(options, parsed.flags, section);
}

module.exports = { test };
