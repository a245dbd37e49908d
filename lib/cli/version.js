'use strict';

const release = require('../bun/version');

/** `--version`: this package's version, and the Bun whose API it has; as `bun`, what a program expects of Bun. */
function version() {
  if (process.argv[1] === require('./launcher').launcher('bun')) return console.log(release.version);
  console.log(
    `dx-compat ${require('../../package.json').version} (Bun ${release.version} API, Node ${process.versions.node})`,
  );
}

/** `--revision`: as Bun prints it. */
function revision() {
  console.log(`${release.version}+${release.revision.slice(0, 9)}`);
}

module.exports = { version, revision };
