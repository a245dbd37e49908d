'use strict';

/**
 * Runs the tree of one file: scopes, hooks, tests, retries, repeats.
 *
 * @see https://bun.com/docs/test/lifecycle
 */

const real = require('./real-time');
const state = require('./state');
const { Scope, TestCase } = require('./scope');
const { newAttempt, concurrentAttempt, runStep, unmetAssertions } = require('./attempt');

/** @typedef {import('./scope').ScopeNode} ScopeNode */
/** @typedef {import('./scope').TestNode} TestNode */
/** @typedef {import('./attempt').Attempt} Attempt */
/** @typedef {import('./attempt').Outcome} Outcome */

/** @param {TestNode} test @returns {boolean} */
function isConcurrent(test) {
  return test.concurrent ?? state.options.concurrent;
}

/**
 * Where hooks of a scope run: tests that run side by side do so between two borders, whatever scopes they
 * stand in.
 *
 * @typedef {{ scope: ScopeNode, kind: 'beforeAll' | 'afterAll', owner: Attempt, end: number }} Border `end`: where it
 *   goes on when a `beforeAll` failed
 */

/** @param {ScopeNode} root @returns {(TestNode | Border)[]} all in the order in which it runs */
function planOf(root) {
  /** @type {(TestNode | Border)[]} */
  const plan = [];
  const lay = (/** @type {ScopeNode} */ scope) => {
    const owner = newAttempt(null);
    const { beforeAll, afterAll } = scope.hooks;
    const start = /** @type {Border} */ ({ scope, kind: 'beforeAll', owner, end: 0 });
    if (beforeAll.length > 0) plan.push(start);
    for (const child of scope.children) {
      if (child instanceof Scope) lay(child);
      else plan.push(/** @type {TestNode} */ (child));
    }
    start.end = plan.length;
    if (afterAll.length > 0) plan.push({ scope, kind: 'afterAll', owner, end: plan.length + 1 });
  };
  lay(root);
  return plan;
}

/** The tests that run side by side from a place on. @param {(TestNode | Border)[]} plan @param {number} start */
function groupAt(plan, start) {
  const group = [];
  for (let i = start; i < plan.length; i++) {
    const item = plan[i];
    if (!(item instanceof TestCase) || !isConcurrent(item)) break;
    group.push(item);
  }
  return group;
}

/** @param {import('./scope').Hook} hook */
const limitOf = (hook) => hook.timeout ?? state.defaultTimeout;

class Executor {
  /** @param {import('./runner/report').FileReport} report */
  constructor(report) {
    this.report = report;
    this.stopped = false;
    /** Told when a concurrent test has been called. */
    this.launched = (/** @type {unknown} */ _) => {};
  }

  /** @param {ScopeNode} root */
  async runScope(root) {
    const plan = planOf(root);
    /** The scopes that something ran of: what the others clean up is not there. */
    const begun = new Set();
    for (let i = 0; i < plan.length;) {
      const item = plan[i];
      if (!(item instanceof TestCase)) {
        i = (await this.runBorder(/** @type {Border} */ (item), begun)) ? i + 1 : /** @type {Border} */ (item).end;
      } else if (this.stopped) i++;
      else {
        for (let scope = /** @type {ScopeNode | null} */ (item.parent); scope; scope = scope.parent) begun.add(scope);
        const group = groupAt(plan, i);
        if (group.length === 0) await this.runTest(item);
        else await this.runGroup(group);
        i += Math.max(1, group.length);
      }
    }
  }

  /** @param {Border} border @param {Set<ScopeNode>} begun @returns {Promise<boolean>} whether what it is the start of runs */
  async runBorder({ scope, kind, owner }, begun) {
    if (this.stopped && !begun.has(scope)) return kind === 'afterAll';
    begun.add(scope);
    for (const hook of scope.hooks[kind]) {
      if (!(await this.runScopeHook(scope, hook, owner)) && kind === 'beforeAll') return false;
    }
    return true;
  }

  /** @param {ScopeNode} scope @param {import('./scope').Hook} hook @param {Attempt} owner */
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

  /**
   * Starts the tests of a group one after the other, each when the one before has come to its first
   * `await`.
   *
   * @param {TestNode[]} group
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

  /** @param {TestNode} test @param {boolean} [concurrent] */
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
        if (last.outcome.kind === 'pass' || retry >= retries) break;
        state.assertions -= last.assertions; // those of an attempt that is made again do not count
      }
      facts.assertions += last.assertions;
      if (last.outcome.kind !== 'pass') break;
    }
    this.conclude(test, last.outcome, { ...facts, ms: real.now() - startedTry, tries });
  }

  /**
   * @param {TestNode} test
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

  /** @param {TestNode} test @param {boolean} concurrent */
  async runAttempt(test, concurrent) {
    const owner = newAttempt(test);
    const run = () => this.runHooksAndTest(test, owner, concurrent);
    let outcome;
    if (concurrent) outcome = await concurrentAttempt.run(owner, run);
    else {
      state.current = owner;
      outcome = await run();
      state.current = null;
    }
    return { outcome, assertions: owner.assertions };
  }

  /** @param {TestNode} test @param {Attempt} owner @param {boolean} concurrent @returns {Promise<Outcome>} */
  async runHooksAndTest(test, owner, concurrent) {
    /** @type {ScopeNode[]} */
    const scopes = [];
    for (let scope = /** @type {ScopeNode | null} */ (test.parent); scope; scope = scope.parent) scopes.unshift(scope);
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
      // Concurrent tests begin together: none may have ended before the last has begun.
      if (!(ready = take(await runStep(hook.fn, [], limitOf(hook), owner, concurrent)))) break;
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
    const ofScopes = scopes.reverse().flatMap((scope) => scope.hooks.afterEach);
    for (const hook of [...owner.after, ...ofScopes]) {
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

module.exports = { Executor };
