'use strict';

/**
 * `BuildMessage` and `ResolveMessage`: what Bun throws when a file does not parse and when a module
 * is not found.
 *
 * @see https://bun.com/reference/globals/BuildMessage
 */

class BuildMessage extends Error {
  name = 'BuildMessage';
}

class ResolveMessage extends Error {
  name = 'ResolveMessage';
}

module.exports = { BuildMessage, ResolveMessage };
