'use strict';

/** package.json scripts and programs of packages. */

module.exports = { hasScript: () => false, findProgram: () => undefined, runProgram() {} };
