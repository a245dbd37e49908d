'use strict';

/**
 * The Bun whose behaviour this package gives: `Bun.version`, `Bun.revision`, `Bun.version_with_sha`.
 * A test compares it with the pinned `bun` of package.json.
 */
const version = '1.4.5';
const revision = 'a7733435cf40429e3b35c36072769df2052b80f1';

module.exports = { version, revision, versionWithSha: `v${version} (${revision.slice(0, 9)})` };
