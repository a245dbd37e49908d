'use strict';

/** `Bun.cwd`: the working directory, a string. */
module.exports = process.cwd();
