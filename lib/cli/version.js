'use strict';

const release = require('../bun/version');

/** `--version`: this package's version, and the Bun whose API it has. */
function version() {
  console.log(
    `dx-compat ${require('../../package.json').version} (Bun ${release.version} API, Node ${process.versions.node})`,
  );
}

/** `--revision`: as Bun prints it. */
function revision() {
  console.log(`${release.version}+${release.revision.slice(0, 9)}`);
}

module.exports = { version, revision };
