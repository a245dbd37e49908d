'use strict';

/**
 * What lowered syntax calls: decorators and `using`.
 */

/** TypeScript's legacy decorators. @param {Function[]} decorators @param {any} target @param {any} [key] @param {any} [descriptor] */
function decorate(decorators, target, key, descriptor) {
  const isMember = arguments.length > 2;
  let result = isMember ? (descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : descriptor) : target;
  for (let index = decorators.length - 1; index >= 0; index--) {
    const decorator = decorators[index];
    if (!decorator) continue;
    const given = isMember
      ? descriptor === undefined
        ? decorator(target, key)
        : decorator(target, key, result)
      : decorator(result);
    if (given) result = given;
  }
  if (isMember && descriptor !== undefined && result) Object.defineProperty(target, key, result);
  return result;
}

/** @param {number} index @param {Function} decorator */
function decorateParam(index, decorator) {
  return (/** @type {any} */ target, /** @type {any} */ key) => decorator(target, key, index);
}

/** @param {string} name @param {unknown} value */
function decorateMetadata(name, value) {
  const { metadata } = /** @type {any} */ (Reflect);
  if (typeof metadata === 'function') return metadata(name, value);
  return undefined;
}

/** The scope of `using` declarations. @see https://tc39.es/proposal-explicit-resource-management/ */
function usingCtx() {
  /** @type {{ value: any, dispose: Function, isAsync: boolean }[]} */
  const resources = [];
  const none = {};
  const add = (/** @type {any} */ value, /** @type {boolean} */ isAsync) => {
    if (value === null || value === undefined) {
      if (isAsync) resources.push({ value: undefined, dispose: () => {}, isAsync });
      return value;
    }
    if (Object(value) !== value)
      throw new TypeError('using declarations can only be used with objects, functions, null, or undefined.');
    let dispose = isAsync
      ? value[/** @type {any} */ (Symbol).asyncDispose ?? Symbol.for('Symbol.asyncDispose')]
      : undefined;
    if (dispose === undefined || dispose === null) {
      const sync = value[/** @type {any} */ (Symbol).dispose ?? Symbol.for('Symbol.dispose')];
      dispose =
        isAsync && typeof sync === 'function'
          ? function asyncDispose() {
              sync.call(value);
            }
          : sync;
    }
    if (typeof dispose !== 'function') throw new TypeError('Property [Symbol.dispose] is not a function.');
    resources.push({ value, dispose, isAsync });
    return value;
  };
  return {
    e: /** @type {any} */ (none),
    u: (/** @type {any} */ value) => add(value, false),
    a: (/** @type {any} */ value) => add(value, true),
    d() {
      let failure = this.e;
      const fail = (/** @type {any} */ error) => {
        failure = failure === none ? error : suppressed(error, failure);
      };
      /** @returns {any} */
      const next = () => {
        for (let resource = resources.pop(); resource; resource = resources.pop()) {
          try {
            const result = resource.dispose.call(resource.value);
            if (resource.isAsync) return Promise.resolve(result).then(next, (error) => (fail(error), next()));
          } catch (error) {
            fail(error);
          }
        }
        if (failure !== none) throw failure;
      };
      return next();
    },
  };
}

/** @param {unknown} error @param {unknown} previous */
function suppressed(error, previous) {
  const { SuppressedError } = /** @type {any} */ (globalThis);
  if (typeof SuppressedError === 'function') return new SuppressedError(error, previous);
  return Object.assign(new Error('An error was suppressed during disposal'), {
    name: 'SuppressedError',
    error,
    suppressed: previous,
  });
}

module.exports = { decorate, decorateParam, decorateMetadata, usingCtx };
