'use strict';

/**
 * A file that the bundler made: a `Blob` that knows its path.
 *
 * @see https://bun.com/reference/bun/BuildArtifact
 */

/** @typedef {{ path: string, loader: string, hash: string, kind: string, sourcemap: any }} Facts */

/** @type {WeakMap<object, Facts>} */
const facts = new WeakMap();

/** What only `artifact` makes instances with: a program cannot, as in Bun. */
const making = Symbol('making');

class BuildArtifact extends Blob {
  /** @param {any} parts @param {any} options @param {symbol} key @param {Facts} about */
  constructor(parts, options, key, about) {
    if (key !== making) throw new TypeError('Illegal constructor');
    super(parts, options);
    facts.set(this, about);
  }

  get path() {
    return about(this).path;
  }

  get loader() {
    return about(this).loader;
  }

  get hash() {
    return about(this).hash;
  }

  get kind() {
    return about(this).kind;
  }

  /** @returns {BuildArtifact | null} */
  get sourcemap() {
    return about(this).sourcemap;
  }

  get [Symbol.toStringTag]() {
    return 'BuildArtifact';
  }
}

/** Nothing is known of the prototype, whose properties a program may list. @param {object} artifact @returns {Partial<Facts>} */
function about(artifact) {
  return facts.get(artifact) ?? {};
}

/**
 * @param {Uint8Array} bytes
 * @param {string} type
 * @param {Facts} known
 */
function artifact(bytes, type, known) {
  return new BuildArtifact([bytes], { type }, making, known);
}

module.exports = { BuildArtifact, artifact };
