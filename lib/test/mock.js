'use strict';

const { codeError, received } = require('../internal/errors');
const { isLazy } = require('../internal/lazy');
const { nameOf } = require('./function-name');
const { describe, putBack, replace } = require('./replace');

/**
 * Mock functions and spies.
 *
 * @see https://bun.com/docs/test/mocks
 */

/**
 * @typedef {{ type: 'return' | 'throw' | 'incomplete', value: unknown }} Result
 * @typedef {object} State
 * @property {Function | undefined} implementation
 * @property {Function[]} once
 * @property {string} name
 * @property {MockContext} record
 * @property {(() => void) | null} restore puts back what a spy replaced
 */

/** What `mock.mock` is: the calls so far. */
class MockContext {
  constructor() {
    /** @type {unknown[][]} */
    this.calls = [];
    /** @type {unknown[]} */
    this.contexts = [];
    /** @type {unknown[]} */
    this.instances = [];
    /** @type {Result[]} */
    this.results = [];
    /** @type {number[]} */
    this.invocationCallOrder = [];
  }

  get lastCall() {
    return this.calls.at(-1);
  }
}

/** @type {WeakMap<Function, State>} */
const states = new WeakMap();
/** @type {Set<State>} every mock of the file */
const all = new Set();
/** @type {Set<State>} those that replaced something */
const spies = new Set();
let invocations = 0;

const ERR_INVALID_THIS = codeError(TypeError, 'ERR_INVALID_THIS', (value) => {
  if (value === undefined || value === null) return 'Expected this to be instanceof Mock';
  return `Expected this to be instanceof Mock, but r${received(value).slice(1)}`;
});

/** @param {unknown} mock @returns {State} */
function stateOf(mock) {
  const state = states.get(/** @type {Function} */ (mock));
  if (!state) throw ERR_INVALID_THIS(mock);
  return state;
}

/** @type {any} */
const prototype = Object.create(Function.prototype, { [Symbol.toStringTag]: { value: 'Mock', configurable: true } });

/** @param {Record<string, (this: any, ...args: any[]) => unknown>} methods */
function defineMethods(methods) {
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}

/** @param {(state: State, ...args: any[]) => void} change @returns {(this: any, ...args: any[]) => any} */
const chained = (change) =>
  function chainedMethod(...args) {
    change(stateOf(this), ...args);
    return this;
  };

/** What is no function is what the mock returns. @param {unknown} implementation @returns {Function | undefined} */
function callable(implementation) {
  if (implementation === undefined || typeof implementation === 'function')
    return /** @type {Function | undefined} */ (implementation);
  return () => implementation;
}

/** @param {State} state */
function reset(state) {
  state.record = new MockContext();
  state.implementation = undefined;
  state.once = [];
}

/** @param {State} state */
function restore(state) {
  reset(state);
  state.restore?.();
  state.restore = null;
  spies.delete(state);
}

defineMethods({
  getMockImplementation() {
    return stateOf(this).implementation;
  },
  getMockName() {
    return stateOf(this).name;
  },
  mockName: chained((state, name) => {
    if (name) state.name = String(name);
  }),
  mockClear: chained((state) => {
    state.record = new MockContext();
  }),
  mockReset: chained(reset),
  mockRestore() {
    restore(stateOf(this));
  },
  mockImplementation: chained((state, implementation) => {
    state.implementation = callable(implementation);
  }),
  mockImplementationOnce: chained((state, implementation) => {
    state.once.push(callable(implementation) ?? (() => undefined));
  }),
  mockReturnThis: chained((state) => {
    state.implementation = function self() {
      return this;
    };
  }),
  mockReturnValue: chained((state, value) => {
    state.implementation = () => value;
  }),
  mockReturnValueOnce: chained((state, value) => void state.once.push(() => value)),
  mockResolvedValue: chained((state, value) => {
    state.implementation = () => Promise.resolve(value);
  }),
  mockResolvedValueOnce: chained((state, value) => void state.once.push(() => Promise.resolve(value))),
  mockRejectedValue: chained((state, value) => {
    state.implementation = () => Promise.reject(value);
  }),
  mockRejectedValueOnce: chained((state, value) => void state.once.push(() => Promise.reject(value))),
  withImplementation(implementation, callback) {
    const state = stateOf(this);
    if (typeof implementation !== 'function' || typeof callback !== 'function')
      throw new TypeError('Expected mock implementation to be callable');
    const before = { implementation: state.implementation, once: state.once };
    Object.assign(state, { implementation, once: [] });
    const back = () => void Object.assign(state, before);
    let result;
    try {
      result = callback();
    } catch (error) {
      back();
      throw error;
    }
    if (typeof result?.then === 'function') return Promise.resolve(result).finally(back);
    return back();
  },
});
Object.defineProperties(prototype, {
  mock: { get: /** @this {Function} */ function record() {
      return stateOf(this).record;
    }, configurable: true }, // prettier-ignore
  _isMockFunction: { value: true, writable: true, configurable: true },
  _protoImpl: { value: undefined, writable: true, configurable: true },
  [Symbol.dispose]: { value: prototype.mockRestore, writable: true, configurable: true },
});

/**
 * @param {unknown} [implementation]
 * @returns {any}
 */
function fn(implementation) {
  const given = callable(implementation);
  /** @type {State} */
  const state = {
    implementation: given,
    once: [],
    name: typeof implementation === 'function' ? nameOf(implementation) : 'mockConstructor',
    record: new MockContext(),
    restore: null,
  };
  const mock = /** @type {any} */ (
    /** @this {any} @param {unknown[]} args */
    function mockConstructor(...args) {
      return invoke(state, /** @type {any} */ (this), args, new.target !== undefined);
    }
  );
  Object.defineProperties(mock, {
    name: { get: () => state.name, configurable: true },
    length: { value: given?.length ?? 0, configurable: true },
  });
  if (given?.prototype && !/^class\b/.test(Function.prototype.toString.call(given))) mock.prototype = given.prototype;
  Object.defineProperty(mock, 'prototype', { enumerable: false });
  states.set(mock, state);
  all.add(state);
  return Object.setPrototypeOf(mock, prototype);
}

/** @param {State} state @param {any} self @param {unknown[]} args @param {boolean} constructed */
function invoke(state, self, args, constructed) {
  const { record } = state;
  /** @type {Result} */
  const result = { type: 'incomplete', value: undefined };
  record.calls.push(args);
  record.contexts.push(self);
  if (constructed) record.instances.push(self);
  record.invocationCallOrder.push(++invocations);
  record.results.push(result);
  try {
    const implementation = state.once.shift() ?? state.implementation;
    const value = implementation ? Reflect.apply(implementation, self, args) : undefined;
    Object.assign(result, { type: 'return', value });
    return value;
  } catch (error) {
    Object.assign(result, { type: 'throw', value: error });
    throw error;
  }
}

/**
 * Watches a method, or the reads of a property, of an object.
 *
 * @param {any} object
 * @param {PropertyKey} key
 * @returns {any} a mock
 */
function spyOn(object, key) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) {
    throw new Error('spyOn(target, prop) expects a target object and a property key');
  }
  if (isLazy(describe(object, key))) void object[key]; // it is a plain property once it is loaded
  const descriptor = describe(object, key);
  if (descriptor && (descriptor.get || descriptor.set)) {
    const spied = descriptor.get && states.has(descriptor.get);
    if (spied) return descriptor.get;
    throw new Error('spyOn(target, prop) does not support accessor properties yet');
  }
  const original = object[key];
  if (states.has(original)) return original;
  const method = typeof original === 'function' || original === undefined;
  const spy = fn(method ? original : () => original);
  if (!method) stateOf(spy).name = String(key);
  replace(object, key, spy, method, descriptor);
  const state = stateOf(spy);
  state.restore = () => putBack(object, key, original, descriptor);
  spies.add(state);
  return spy;
}

const restoreAllMocks = () => [...spies].forEach(restore);

function clearAllMocks() {
  for (const state of all) state.record = new MockContext();
}

function resetAllMocks() {
  for (const state of all) reset(state);
}

/** @param {string} specifier @param {() => any} factory */
const mockModule = (specifier, factory) => require('./module-mock').mockModule(specifier, factory);

const mock = Object.assign((/** @type {Function} */ implementation) => fn(implementation), {
  module: mockModule,
  restore: restoreAllMocks,
  clearAllMocks,
});

module.exports = { mock, fn: mock, spyOn, clearAllMocks, resetAllMocks, restoreAllMocks };
