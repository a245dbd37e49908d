'use strict';

/**
 * The release of Bun whose API level this package has: the pinned devDependency `bun`, against
 * which every test runs first.
 */
module.exports = { version: '1.4.5', revision: 'a7733435cf40429e3b35c36072769df2052b80f1' };
