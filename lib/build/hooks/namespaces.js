'use strict';

const path = require('node:path');

/** The bundler's namespaces of modules that our hooks make; none is seen in what a build gives. */
const namespaces = {
  /** Files that become a part of a style sheet. */
  inlined: 'dx-compat-inlined',
  /** Modules of Node that a browser has nothing for. */
  empty: 'dx-compat-empty',
  /** What stands for a page: its scripts and style sheets. */
  page: 'dx-compat-page',
};

/** A module's name without the namespace, if it is one of ours. @param {string} name */
function plain(name) {
  for (const namespace of Object.values(namespaces)) {
    if (name.startsWith(`${namespace}:`)) return name.slice(namespace.length + 1);
  }
  return name;
}

/** A module's name, relative to the working directory. @param {string} name @param {string} directory */
function shown(name, directory) {
  const bare = plain(name);
  return bare !== name && path.isAbsolute(bare) ? path.relative(directory, bare).replaceAll(path.sep, '/') : bare;
}

module.exports = { namespaces, plain, shown };
