'use strict';

const gc = require('./gc');

/** `Bun.shrink`: gives back memory that can be spared. */
function shrink() {
  gc(true);
}

module.exports = shrink;
