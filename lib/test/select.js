'use strict';

/** From the tree that a file declared to the one that runs. */

const state = require('./state');
const { Scope, TestCase } = require('./scope');

/** @typedef {import('./scope').ScopeNode} ScopeNode */
/** @typedef {import('./scope').TestNode} TestNode */

/**
 * Runs the bodies of `describe`, which only queue up while the file is loaded.
 *
 * @param {ScopeNode} scope
 * @param {(error: unknown) => void} onError
 */
async function collect(scope, onError) {
  for (const child of scope.children) {
    if (!(child instanceof Scope)) continue;
    if (child.body) {
      state.scope = child;
      try {
        const result = child.body(...child.args);
        if (typeof result?.then === 'function') await result;
      } catch (error) {
        onError(error);
        child.children = [];
      }
      child.body = undefined;
      state.scope = scope;
    }
    await collect(child, onError);
  }
}

/**
 * Keeps what `.only` and `--test-name-pattern` select.
 *
 * @param {ScopeNode} root
 * @returns {number} how many tests the pattern removed
 */
function select(root) {
  let removed = 0;
  /** @param {ScopeNode | TestNode} node @returns {boolean} */
  const hasOnly = (node) => node.only || (node instanceof Scope && node.children.some(hasOnly));
  /** @param {ScopeNode} scope @param {boolean} inherited */
  const keepOnly = (scope, inherited) => {
    const below = scope.children.some(hasOnly);
    scope.children = scope.children.filter((child) => {
      if (child instanceof TestCase) return child.only || (inherited && !below);
      keepOnly(child, child.only || (inherited && !below));
      return child.children.length > 0;
    });
  };
  if (state.options.only || hasOnly(root)) keepOnly(root, false);
  const { pattern } = state.options;
  /** @param {ScopeNode} scope */
  const keepMatching = (scope) => {
    scope.children = scope.children.filter((child) => {
      if (child instanceof Scope) {
        keepMatching(child);
        return child.children.length > 0;
      }
      const kept = /** @type {RegExp} */ (pattern).test(child.path.join(' '));
      if (!kept) removed++;
      return kept;
    });
  };
  if (pattern) keepMatching(root);
  return removed;
}

/** @param {ScopeNode} scope @param {() => number} random */
function shuffle(scope, random) {
  for (let i = scope.children.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [scope.children[i], scope.children[j]] = [scope.children[j], scope.children[i]];
  }
  for (const child of scope.children) if (child instanceof Scope) shuffle(child, random);
}

module.exports = { collect, select, shuffle };
