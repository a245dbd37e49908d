'use strict';

/** The module that the command line evaluates (`--eval`, `--print`, stdin): it is no file. */

const evaluated = { url: '', code: '' };

module.exports = { evaluated };
