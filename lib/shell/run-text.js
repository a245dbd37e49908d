'use strict';

/**
 * Runs the text of a script with the standard streams of this process: for the command line.
 *
 * @see https://bun.com/docs/runtime/shell#sh-file-loader
 */

const engine = require('./engine');
const { entryOf } = require('./promise');

/**
 * @param {string} text
 * @param {object} options
 * @param {string[]} options.args `$0`, `$1`, …
 * @param {string} [options.cwd]
 * @param {Record<string, string | undefined>} [options.env]
 * @returns {Promise<number>} the exit code
 * @throws {Error} when it does not parse
 */
function runText(text, { args, cwd = process.cwd(), env = process.env }) {
  const script = new engine.Script([text]);
  const request = {
    values: [],
    environment: Object.entries(env).map(entryOf).join('\0'),
    directory: cwd,
    closed: false,
    arguments: args,
    quiet: false,
    inherits: true,
  };
  return new Promise((resolve) => {
    engine.start(script, request, { done: ([exitCode]) => resolve(exitCode), reader: () => undefined });
  });
}

module.exports = { runText };
