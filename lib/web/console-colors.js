'use strict';

/**
 * Whether the console colours what it writes: `FORCE_COLOR` says so for any file, `NO_COLOR` forbids
 * it for a terminal.
 *
 * @param {number} fd
 * @returns {boolean}
 */
function hasColors(fd) {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false') return true;
  if (NO_COLOR !== undefined && NO_COLOR !== '' && NO_COLOR !== '0') return false;
  return require('node:tty').isatty(fd);
}

module.exports = hasColors;
