'use strict';

/**
 * Runs the tree of one file: scopes, hooks, tests, retries, repeats, time limits.
 *
 * @see https://bun.com/docs/test/lifecycle
 */

const { AsyncLocalStorage } = require('node:async_hooks');
const real = require('./real-time');
const state = require('./state');
const { Scope, TestCase } = require('./scope');

/**
 * @typedef {{ kind: 'pass' } | { kind: 'error', error: unknown } | { kind: 'timeout', limit: number }} Outcome
 * @typedef {object} Attempt
 * @property {TestCase | null} test null for hooks of a scope
 * @property {import('./scope').Hook[]} finishers
 * @property {number} assertions
 * @property {number | 'some' | null} expected what `expect.assertions` or `expect.hasAssertions` asked for
 * @property {((outcome: Outcome) => void) | null} interrupt ends the running step early
 * @property {{ shown: Promise<unknown>, outcome: Promise<{ error: unknown } | null> }[]} pending assertions that wait for a promise
 */

/** @type {AsyncLocalStorage<Attempt>} */
const concurrentAttempt = new AsyncLocalStorage();

/** @param {TestCase | null} test @returns {Attempt} */
function newAttempt(test) {
  return { test, finishers: [], assertions: 0, expected: null, interrupt: null, pending: [] };
}

/** The attempt that the running code belongs to. @returns {Attempt | null} */
function attempt() {
  return state.current ?? concurrentAttempt.getStore() ?? null;
}

/**
 * Runs the bodies of `describe`, which only queue up while the file is loaded.
 *
 * @param {Scope} scope
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
 * @param {Scope} root
 * @returns {number} how many tests the pattern removed
 */
function select(root) {
  let removed = 0;
  /** @param {Scope | TestCase} node @returns {boolean} */
  const hasOnly = (node) => node.only || (node instanceof Scope && node.children.some(hasOnly));
  /** @param {Scope} scope @param {boolean} inherited */
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
  /** @param {Scope} scope */
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

/** @param {Scope} scope @param {() => number} random */
function shuffle(scope, random) {
  for (let i = scope.children.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [scope.children[i], scope.children[j]] = [scope.children[j], scope.children[i]];
  }
  for (const child of scope.children) if (child instanceof Scope) shuffle(child, random);
}

/** @param {TestCase} test @returns {boolean} */
function isConcurrent(test) {
  return test.concurrent ?? state.options.concurrent;
}

/** @param {import('./scope').Hook} hook */
const limitOf = (hook) => hook.timeout ?? state.defaultTimeout;

/**
 * Calls one test function or hook and waits for its promise, its `done`, its time limit, or an
 * uncaught error, whichever is first.
 *
 * @param {Function} fn
 * @param {unknown[]} args
 * @param {number} limit in milliseconds; 0 or Infinity is none
 * @param {Attempt} owner
 * @returns {Promise<Outcome>}
 */
function runStep(fn, args, limit, owner) {
  return new Promise((resolve) => {
    const limited = limit > 0 && limit < 2 ** 31;
    const started = real.now();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let settled = false;
    /** @param {Outcome} outcome */
    const settle = (outcome) => {
      if (settled) return;
      settled = true;
      if (timer) real.clearTimeout(timer);
      owner.interrupt = null;
      const late = limited && outcome.kind === 'pass' && real.now() - started > limit;
      resolve(late ? { kind: 'timeout', limit } : outcome);
    };
    owner.interrupt = settle;
    if (limited) timer = real.setTimeout(() => settle({ kind: 'timeout', limit }), limit);
    // one turn of the event loop, so that rejections nobody handled surface inside the test that made them
    const succeed = () => real.setImmediate(() => settle({ kind: 'pass' }));
    /** @param {unknown} error */
    const failed = (error) => settle({ kind: 'error', error });
    try {
      if (fn.length > args.length) {
        const done = (/** @type {unknown} */ error) =>
          error === undefined || error === null ? succeed() : failed(error);
        const result = fn(...args, done);
        if (typeof result?.then === 'function') result.then(undefined, failed);
        return;
      }
      const result = fn(...args);
      if (typeof result?.then === 'function') result.then(succeed, failed);
      else succeed();
    } catch (error) {
      failed(error);
    }
  });
}

class Executor {
  /** @param {import('./runner/report').Report} report */
  constructor(report) {
    this.report = report;
    this.stopped = false;
    /** Told when a concurrent test has been called. */
    this.launched = (/** @type {unknown} */ _) => {};
  }

  /** @param {Scope} scope */
  async runScope(scope) {
    const owner = newAttempt(null);
    let broken = false;
    for (const hook of scope.hooks.beforeAll) {
      if (!(await this.runScopeHook(scope, hook, owner))) {
        broken = true;
        break;
      }
    }
    if (!broken) await this.runChildren(scope);
    for (const hook of scope.hooks.afterAll) await this.runScopeHook(scope, hook, owner);
  }

  /** @param {Scope} scope @param {import('./scope').Hook} hook @param {Attempt} owner */
  async runScopeHook(scope, hook, owner) {
    const started = real.now();
    state.current = owner;
    const outcome = await runStep(hook.fn, [], limitOf(hook), owner);
    state.current = null;
    if (outcome.kind === 'pass') return true;
    if (outcome.kind === 'error') this.report.error(outcome.error);
    this.report.result({
      status: 'fail',
      path: [...scope.path, '(unnamed)'],
      scopeLines: scope.lines,
      ms: real.now() - started,
      note: outcome.kind === 'timeout' ? hookTimeout(outcome.limit) : undefined,
      line: 0,
      assertions: 0,
      error: outcome.kind === 'error' ? outcome.error : undefined,
    });
    this.noteFailure();
    return false;
  }

  /** @param {Scope} scope */
  async runChildren(scope) {
    const { children } = scope;
    for (let i = 0; i < children.length && !this.stopped;) {
      const child = children[i];
      if (child instanceof Scope) {
        await this.runScope(child);
        i++;
      } else if (isConcurrent(child)) {
        const group = [];
        for (; i < children.length; i++) {
          const next = children[i];
          if (!(next instanceof TestCase) || !isConcurrent(next)) break;
          group.push(next);
        }
        await this.runGroup(group);
      } else {
        await this.runTest(child);
        i++;
      }
    }
  }

  /**
   * Starts the tests of a group one after the other, each when the one before has come to its first
   * `await`.
   *
   * @param {TestCase[]} group
   */
  async runGroup(group) {
    let next = 0;
    const lane = async () => {
      while (next < group.length && !this.stopped) await this.runTest(group[next++], true);
    };
    const lanes = [];
    for (let i = Math.min(group.length, state.options.maxConcurrency); i > 0; i--) {
      const launched = new Promise((resolve) => (this.launched = resolve));
      lanes.push(lane());
      await Promise.race([launched, lanes.at(-1), new Promise((resolve) => real.setTimeout(resolve, 5))]);
    }
    await Promise.all(lanes);
  }

  /** @param {TestCase} test @param {boolean} [concurrent] */
  async runTest(test, concurrent = false) {
    const facts = { path: test.path, scopeLines: test.parent.lines, line: test.line, assertions: 0, ms: 0 };
    if (test.mode === 'skip') return this.report.result({ ...facts, status: 'skip' });
    if (test.mode === 'todo' && (!test.fn || !state.options.todo))
      return this.report.result({ ...facts, status: 'todo' });
    const retries = test.repeats ? 0 : (test.retry ?? state.options.retry);
    const runs = 1 + (test.repeats ?? 0);
    const started = real.now();
    /** @type {{ outcome: Outcome, assertions: number }} */
    let last = { outcome: { kind: 'pass' }, assertions: 0 };
    let tries = 0;
    let startedTry = started;
    for (let run = 0; run < runs; run++) {
      for (let retry = 0; ; retry++) {
        tries++;
        startedTry = real.now();
        last = await this.runAttempt(test, concurrent);
        facts.assertions += last.assertions;
        if (last.outcome.kind === 'pass' || retry >= retries) break;
      }
      if (last.outcome.kind !== 'pass') break;
    }
    this.conclude(test, last.outcome, { ...facts, ms: real.now() - startedTry, tries });
  }

  /**
   * @param {TestCase} test
   * @param {Outcome} outcome
   * @param {{ path: string[], line: number, assertions: number, ms: number, tries: number }} facts
   */
  conclude(test, outcome, facts) {
    const suffix = facts.tries > 1 ? (test.repeats ? ` (run ${facts.tries})` : ` (attempt ${facts.tries})`) : '';
    const failed = outcome.kind !== 'pass';
    const error = outcome.kind === 'error' ? outcome.error : undefined;
    if (test.mode === 'todo') {
      if (failed) return this.report.result({ ...facts, status: 'todo', suffix });
      this.report.result({
        ...facts,
        status: 'fail',
        suffix,
        note: 'this test is marked as todo but passes. Remove `.todo` if tested behavior now works',
      });
      return this.noteFailure();
    }
    if (test.failing) {
      if (failed) return this.report.result({ ...facts, status: 'pass', suffix });
      this.report.result({
        ...facts,
        status: 'fail',
        suffix,
        note: 'this test is marked as failing but it passed. Remove `.failing` if tested behavior now works',
      });
      return this.noteFailure();
    }
    if (!failed) return this.report.result({ ...facts, status: 'pass', suffix });
    const note = outcome.kind === 'timeout' ? `this test timed out after ${outcome.limit}ms.` : undefined;
    this.report.result({ ...facts, status: 'fail', suffix, note, error });
    this.noteFailure();
  }

  noteFailure() {
    if (this.report.shouldBail()) this.stopped = true;
  }

  /** @param {TestCase} test @param {boolean} concurrent */
  async runAttempt(test, concurrent) {
    const owner = newAttempt(test);
    const run = () => this.runHooksAndTest(test, owner);
    let outcome;
    if (concurrent) outcome = await concurrentAttempt.run(owner, run);
    else {
      state.current = owner;
      outcome = await run();
      state.current = null;
    }
    return { outcome, assertions: owner.assertions };
  }

  /** @param {TestCase} test @param {Attempt} owner @returns {Promise<Outcome>} */
  async runHooksAndTest(test, owner) {
    /** @type {Scope[]} */
    const scopes = [];
    for (let scope = /** @type {Scope | null} */ (test.parent); scope; scope = scope.parent) scopes.unshift(scope);
    /** @type {Outcome} */
    let outcome = { kind: 'pass' };
    /** @param {Outcome} step */
    const take = (step) => {
      if (step.kind === 'pass') return true;
      if (step.kind === 'error' && !test.failing) this.report.error(step.error);
      if (outcome.kind === 'pass') outcome = step;
      return false;
    };
    let ready = true;
    for (const hook of scopes.flatMap((scope) => scope.hooks.beforeEach)) {
      if (!(ready = take(await runStep(hook.fn, [], limitOf(hook), owner)))) break;
    }
    if (ready) {
      const limit = test.timeout ?? state.defaultTimeout;
      if (state.current) this.report.start(test, limit);
      const step = runStep(/** @type {Function} */ (test.fn), test.args, limit, owner);
      this.launched(undefined);
      take(await step);
      if (state.current) this.report.stepEnded();
      if (outcome.kind === 'pass' && owner.pending.length > 0) {
        take(await runStep(() => settleOrThrow(owner), [], limit, owner));
      }
      if (outcome.kind === 'pass') {
        const unmet = unmetAssertions(owner);
        if (unmet) take({ kind: 'error', error: unmet });
      }
    }
    for (const hook of scopes.reverse().flatMap((scope) => scope.hooks.afterEach)) {
      take(await runStep(hook.fn, [], limitOf(hook), owner));
    }
    for (const hook of owner.finishers) take(await runStep(hook.fn, [], limitOf(hook), owner));
    return outcome;
  }
}

/** Waits for assertions that the test did not await. @param {Attempt} owner */
async function settleOrThrow(owner) {
  const failure = await require('./pending').settlePending(owner);
  if (failure) throw failure.error;
}

/** @param {number} limit */
const hookTimeout = (limit) => `this hook timed out after ${limit}ms.`;

/** What `expect.assertions` and `expect.hasAssertions` say at the end. @param {Attempt} owner */
function unmetAssertions({ expected, assertions }) {
  if (expected === null) return null;
  const plural = (/** @type {number} */ n) => `${n} assertion${n === 1 ? '' : 's'}`;
  let message = '';
  let report = 'Expected to have assertions, but none were run';
  if (expected === 'some') {
    if (assertions > 0) return null;
    message = 'received 0 assertions, but expected at least one assertion to be called';
  } else {
    if (assertions === expected) return null;
    report = `Expected more assertions, but only received ${assertions}`;
    message = `expected ${plural(expected)}, but test ended with ${plural(assertions)}`;
  }
  const error = new Error(message);
  error.name = 'AssertionError';
  error.stack = undefined;
  Object.defineProperty(error, 'report', { value: report }); // what the JUnit report says
  return error;
}

module.exports = { Executor, collect, select, shuffle, attempt };
