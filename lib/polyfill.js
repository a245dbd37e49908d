'use strict';

const { isHooksThread } = require('./internal/thread');

/**
 * Installs `Bun`, the globals that go with it and the `bun:*` modules; a second call changes nothing.
 *
 * @param {{ imports?: boolean }} [options] `imports`: ES modules can import `bun` and `bun:*`, too; the
 *   loader, where it is installed, sees to that itself
 * @returns {typeof import('bun')}
 */
function install({ imports = false } = {}) {
  const Bun = require('../pure');
  if (isHooksThread()) return Bun;
  require('./globals').installGlobals(Bun);
  require('./modules').installModules();
  if (imports) require('./loader/builtin-imports').install();
  return Bun;
}

module.exports = { install };
