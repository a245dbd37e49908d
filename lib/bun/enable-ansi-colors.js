'use strict';

/**
 * `Bun.enableANSIColors`: whether output may be coloured.
 * `NO_COLOR` and `FORCE_COLOR` decide; without them a terminal on stdout or stderr does.
 */
function enabled() {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '' && NO_COLOR !== '0' && NO_COLOR !== 'false') return false;
  if (TERM === 'dumb') return false;
  const tty = require('node:tty');
  return tty.isatty(1) || tty.isatty(2);
}

module.exports = enabled();
