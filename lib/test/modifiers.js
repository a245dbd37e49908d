'use strict';

const state = require('./state');

/**
 * The modifiers of `test` and `describe`: `.only`, `.skip`, `.if(…)`, `.each(…)` and so on. Each gives
 * the same function with more set.
 *
 * @see https://bun.com/docs/test/writing-tests#test-modifiers
 *
 * @typedef {object} Modifiers
 * @property {import('./scope').Mode} [mode]
 * @property {boolean} [only]
 * @property {boolean} [failing]
 * @property {boolean} [concurrent]
 * @property {unknown[]} [table] the rows of `.each`
 */

/** @type {Record<string, Modifiers>} */
const steps = {
  only: { only: true },
  skip: { mode: 'skip' },
  todo: { mode: 'todo' },
  failing: { failing: true },
  concurrent: { concurrent: true },
  serial: { concurrent: false },
};

/** Condition -> what it sets, and whether it does so when the condition holds. @type {Record<string, [Modifiers, boolean]>} */
const conditions = {
  if: [{ mode: 'skip' }, false],
  skipIf: [{ mode: 'skip' }, true],
  todoIf: [{ mode: 'todo' }, true],
  failingIf: [{ failing: true }, true],
  concurrentIf: [{ concurrent: true }, true],
  serialIf: [{ concurrent: false }, true],
};

/**
 * @param {(modifiers: Modifiers, args: unknown[]) => void} add
 * @param {string} name
 * @param {Modifiers} [modifiers]
 * @returns {any}
 */
function modifiable(add, name, modifiers = {}) {
  const plain = { [name]: (/** @type {unknown[]} */ ...args) => add(modifiers, args) }[name];
  const derive = (/** @type {Modifiers} */ more) => modifiable(add, name, { ...modifiers, ...more });
  const prototype = Object.create(Function.prototype);
  for (const step of Object.keys(steps)) defineStep(prototype, step, () => derive(steps[step]));
  for (const [condition, [set, when]] of Object.entries(conditions)) {
    define(prototype, condition, (/** @type {unknown[]} */ ...args) => {
      if (args.length === 0) throw new Error('Expected condition to be a boolean');
      return derive(Boolean(args[0]) === when ? set : {});
    });
  }
  define(prototype, 'each', (/** @type {unknown} */ table) => {
    if (!Array.isArray(table)) throw new Error(`Expected array, got ${require('./format').format(table)}`);
    return derive({ table });
  });
  return Object.setPrototypeOf(plain.bind(undefined), prototype);
}

/** @param {object} target @param {string} step @param {() => unknown} make */
function defineStep(target, step, make) {
  /** @type {unknown} */
  let made;
  Object.defineProperty(target, step, {
    configurable: true,
    get() {
      if (step === 'only' && state.options.ci) {
        throw new Error(
          '.only is disabled in CI environments to prevent accidentally skipping tests. To override, set the environment variable CI=false.',
        );
      }
      return (made ??= make());
    },
  });
}

/** @param {object} target @param {string} name @param {unknown} value */
function define(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

module.exports = { modifiable };
