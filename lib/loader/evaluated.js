'use strict';

/** The module that the command line evaluates (`--eval`, `--print`, stdin): it is no file. */

/** @type {{ url: string | undefined, code: string }} */
const evaluated = { url: undefined, code: '' };

module.exports = { evaluated };
