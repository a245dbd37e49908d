'use strict';

const state = require('./state');
const { Scope, TestCase } = require('./scope');
const { formatTitle } = require('./each-title');
const { modifiable } = require('./modifiers');

/**
 * `test`, `it`, `describe`, their modifiers, and the hooks.
 *
 * @see https://bun.com/docs/test/writing-tests
 * @see https://bun.com/docs/test/lifecycle
 */

/** @typedef {import('./modifiers').Modifiers} Modifiers */

/** @param {string} api */
function refuseInsideTest(api) {
  if (state.phase === 'run') throw new Error(`Cannot call ${api}() inside a test. Call it inside describe() instead.`);
}

/** @param {unknown} label @returns {string} */
function labelOf(label) {
  if (typeof label === 'function') return label.name;
  if (typeof label === 'object' && label !== null && typeof (/** @type {any} */ (label).name) === 'string')
    return /** @type {any} */ (label).name;
  return label === undefined ? '' : String(label);
}

/**
 * Sorts out `(label, fn, options?)`, `(label, options, fn)` and `(fn)`.
 *
 * @param {string} api
 * @param {unknown[]} args
 * @param {boolean} optional whether the function may be missing (`.todo`, `.skip`)
 */
function signature(api, args, optional) {
  let [label, fn, options] = args;
  if (typeof label === 'function' && args.length === 1) {
    fn = label;
    label = '';
  }
  if (typeof fn !== 'function' && typeof options === 'function') [fn, options] = [options, fn];
  if (typeof fn !== 'function') {
    if (!optional || (fn !== undefined && fn !== null && typeof fn !== 'object' && typeof fn !== 'number')) {
      throw new Error(`${api} expects a function as the second argument`);
    }
    fn = undefined;
  }
  /** @type {{ timeout?: number, retry?: number, repeats?: number }} */
  const settings = {};
  if (typeof options === 'number') settings.timeout = options;
  else if (typeof options === 'object' && options !== null) {
    for (const name of /** @type {const} */ (['timeout', 'retry', 'repeats'])) {
      const value = /** @type {any} */ (options)[name];
      if (value === undefined) continue;
      if (typeof value !== 'number') throw new Error(`${api}() expects ${name} to be a number`);
      settings[name] = value;
    }
    if ((settings.retry ?? state.options.retry) && settings.repeats)
      throw new Error(`${api}(): Cannot set both retry and repeats`);
  } else if (options !== undefined && options !== null) {
    throw new Error(`${api}() expects options to be a number or object`);
  }
  return { label: labelOf(label), fn: /** @type {Function | undefined} */ (fn), settings };
}

/** The line of the call in the test file, for the JUnit report. */
function callerLine() {
  const { file } = state;
  if (!file) return 0;
  const stack = new Error().stack ?? '';
  const at = stack.indexOf(file);
  return at < 0 ? 0 : Number(/^:(\d+)/.exec(stack.slice(at + file.length))?.[1] ?? 0);
}

/** @param {Modifiers} modifiers @param {unknown[]} args */
function addTest(modifiers, args) {
  refuseInsideTest('test');
  const mode = modifiers.mode ?? 'normal';
  const { label, fn, settings } = signature('test', args, mode !== 'normal');
  const line = callerLine();
  /** @param {string} name @param {unknown[]} [row] */
  const add = (name, row) => {
    state.scope.children.push(
      new TestCase(state.scope, name, {
        ...modifiers,
        ...settings,
        mode: fn ? mode : mode === 'skip' ? 'skip' : 'todo',
        fn,
        args: row,
        line,
      }),
    );
  };
  if (modifiers.table)
    modifiers.table.forEach((row, index) => add(formatTitle(label, row, index), Array.isArray(row) ? row : [row]));
  else add(label);
}

/** @param {Modifiers} modifiers @param {unknown[]} args */
function addDescribe(modifiers, args) {
  refuseInsideTest('describe');
  const mode = modifiers.mode ?? 'normal';
  const { label, fn } = signature('describe', args, mode !== 'normal');
  const line = callerLine();
  /** @param {string} name @param {unknown[]} [row] */
  const add = (name, row) => {
    state.scope.children.push(new Scope(state.scope, name, { ...modifiers, mode, body: fn, args: row, line }));
  };
  if (modifiers.table)
    modifiers.table.forEach((row, index) => add(formatTitle(label, row, index), Array.isArray(row) ? row : [row]));
  else add(label);
}

/**
 * @param {typeof import('./scope').hookNames[number]} name
 */
function hook(name) {
  return {
    [name](/** @type {unknown} */ fn, /** @type {unknown} */ options) {
      const ofTest = name.startsWith('after') && state.phase === 'run' && state.current?.test ? state.current : null;
      if (!ofTest) refuseInsideTest(name);
      if (typeof fn !== 'function') throw new Error(`${name}() expects a function as the first argument`);
      const added = { fn, timeout: timeoutOf(options) };
      // Inside of a test it is for this test, and the last one runs first.
      if (ofTest) ofTest.after.unshift(added);
      else state.scope.hooks[name].push(added);
    },
  }[name];
}

/** @param {unknown} options @returns {number | undefined} */
function timeoutOf(options) {
  if (typeof options === 'number') return options;
  return typeof options === 'object' && options !== null ? /** @type {any} */ (options).timeout : undefined;
}

/**
 * Runs `fn` after the test's `afterEach` hooks.
 *
 * @param {Function} fn
 * @param {number | { timeout?: number }} [options]
 */
function onTestFinished(fn, options) {
  if (state.phase !== 'run')
    throw new Error('Cannot call onTestFinished() outside of a test. It can only be called inside a test.');
  if (!state.current) {
    throw new Error(
      'Cannot call onTestFinished() here. It cannot be called inside a concurrent test. Use test.serial or remove test.concurrent.',
    );
  }
  if (typeof fn !== 'function') throw new Error('onTestFinished() expects a function as the first argument');
  state.current.finishers.push({ fn, timeout: timeoutOf(options) });
}

const test = modifiable(addTest, 'test');
const describe = modifiable(addDescribe, 'describe');

/** @param {number} milliseconds */
function setDefaultTimeout(milliseconds) {
  if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds))
    throw new Error('setTimeout() expects a number (milliseconds)');
  state.defaultTimeout = milliseconds;
}

module.exports = {
  test,
  describe,
  beforeAll: hook('beforeAll'),
  beforeEach: hook('beforeEach'),
  afterEach: hook('afterEach'),
  afterAll: hook('afterAll'),
  onTestFinished,
  setDefaultTimeout,
};
