'use strict';

/**
 * What the test APIs of one file share: where in the tree a `test()` call lands, which test is
 * running, and the settings of the run. One test file is one process, so one state is enough.
 */

const { Scope } = require('./scope');

const state = {
  /** Hooks of preload scripts live here, above the file. */
  root: new Scope(null, ''),
  /** @type {import('./scope').ScopeNode} the scope that calls of `describe`, `test` and hooks add to */
  scope: /** @type {any} */ (null),
  /** @type {'idle' | 'collect' | 'run'} */
  phase: /** @type {any} */ ('idle'),
  /** @type {import('./attempt').Attempt | null} the running test, when tests run one by one */
  current: /** @type {any} */ (null),
  /** @type {string} the absolute path of the test file */
  file: '',
  assertions: 0,
  /** Errors that nobody caught, so far. */
  strays: 0,
  /** @type {import('./runner/report').FileReport | null} */
  report: /** @type {any} */ (null),
  defaultTimeout: 5000,
  options: {
    timeout: 5000,
    retry: 0,
    concurrent: false,
    maxConcurrency: 20,
    todo: false,
    only: false,
    randomize: false,
    seed: 0,
    /** @type {RegExp | null} */
    pattern: null,
    updateSnapshots: false,
    ci: false,
  },
  snapshots: { total: 0, added: 0, passed: 0, failed: 0, updated: 0 },
};
state.scope = state.root;

module.exports = state;
