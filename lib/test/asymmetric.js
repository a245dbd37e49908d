'use strict';

/**
 * `expect.any`, `expect.objectContaining` and their kind: values that decide themselves what they equal.
 */

/** `equality.js` needs this module as well. @param {unknown} a @param {unknown} b @returns {boolean} */
const equals = (a, b) => require('./equality').deepEqual(a, b);

const { types } = require('node:util');

const kind = Symbol.for('jest.asymmetricMatcher');

/** @typedef {{ not: boolean, promise: '' | 'resolvesTo' | 'rejectsTo' }} Flavour */

class AsymmetricMatcher {
  /** @type {any} */ sample;
  /** @type {Flavour} */ flavour;

  /** @param {unknown} sample @param {Flavour} flavour */
  constructor(sample, flavour) {
    this.sample = sample;
    this.flavour = flavour;
    // none of it shows when the matcher is looked at
    for (const [name, value] of Object.entries({ $$typeof: kind, sample, flavour }))
      Object.defineProperty(this, name, { value, enumerable: false });
  }

  get [Symbol.toStringTag]() {
    return this.constructor.name;
  }

  /** @param {number} _depth @param {object} options @param {(value: unknown, options: object) => string} inspect */
  [Symbol.for('nodejs.util.inspect.custom')](_depth, options, inspect) {
    const { label, object, list } = /** @type {{ label: string, list?: unknown[], object?: object }} */ (
      describeAsymmetric(this)
    );
    const content = object ?? list;
    return content ? `${label} ${inspect(content, options)}` : label;
  }

  /** @param {unknown} other @returns {boolean} */
  asymmetricMatch(other) {
    if (this.flavour.promise) return this.matchesSettled(other) !== this.flavour.not;
    return this.matches(other) !== this.flavour.not;
  }

  /** What a settled promise holds. @param {any} other @returns {boolean} */
  matchesSettled(other) {
    const peek = require('../bun/peek');
    const wanted = this.flavour.promise === 'resolvesTo' ? 'fulfilled' : 'rejected';
    return types.isPromise(other) && peek.status(other) === wanted && this.matches(peek(other));
  }

  /** @param {unknown} other @returns {boolean} */
  matches(other) {
    void other;
    return false;
  }
}

class ExpectAny extends AsymmetricMatcher {
  /** @param {any} other */
  matches(other) {
    const { sample } = this;
    if (sample === String) return typeof other === 'string' || other instanceof String;
    if (sample === Number) return typeof other === 'number' || other instanceof Number;
    if (sample === Function) return typeof other === 'function' || other instanceof Function;
    if (sample === Boolean) return typeof other === 'boolean' || other instanceof Boolean;
    if (sample === BigInt) return typeof other === 'bigint' || other instanceof BigInt;
    if (sample === Symbol) return typeof other === 'symbol' || other instanceof Symbol;
    if (sample === Object) return typeof other === 'object';
    if (sample === Array) return Array.isArray(other);
    return other instanceof sample;
  }
}

class ExpectAnything extends AsymmetricMatcher {
  /** @param {unknown} other */
  matches(other) {
    return other !== null && other !== undefined;
  }
}

class ExpectArrayContaining extends AsymmetricMatcher {
  /** @param {unknown} other */
  matches(other) {
    return (
      Array.isArray(other) &&
      this.sample.every((/** @type {unknown} */ item) => other.some((each) => equals(each, item)))
    );
  }
}

class ExpectObjectContaining extends AsymmetricMatcher {
  /** @param {any} other */
  matches(other) {
    if (typeof other !== 'object' && typeof other !== 'function') return false;
    if (other === null) return false;
    return Reflect.ownKeys(this.sample).every((key) => key in other && equals(other[key], this.sample[key]));
  }
}

class ExpectStringContaining extends AsymmetricMatcher {
  /** @param {unknown} other */
  matches(other) {
    return (typeof other === 'string' || other instanceof String) && other.includes(String(this.sample));
  }
}

class ExpectStringMatching extends AsymmetricMatcher {
  /** @param {unknown} other */
  matches(other) {
    if (typeof other !== 'string' && !(other instanceof String)) return false;
    return this.sample instanceof RegExp
      ? new RegExp(this.sample).test(String(other))
      : other.includes(String(this.sample));
  }
}

class ExpectCloseTo extends AsymmetricMatcher {
  /** What is no number is neither close nor not close. @param {unknown} other */
  asymmetricMatch(other) {
    return (this.flavour.promise !== '' || typeof other === 'number') && super.asymmetricMatch(other);
  }

  /** @param {unknown} other */
  matches(other) {
    const { value, digits } = this.sample;
    if (typeof other !== 'number') return false;
    if (other === value) return true;
    return Math.abs(value - other) < 10 ** -digits / 2;
  }
}

class ExpectCustomAsymmetricMatcher extends AsymmetricMatcher {
  /** @param {unknown} other */
  matches(other) {
    const { matcher, args, context } = this.sample;
    const result = matcher.call(context, other, ...args);
    if (typeof result?.then === 'function') throw new Error('async matchers cannot be used as asymmetric matchers');
    return Boolean(result?.pass);
  }
}

/** @param {Flavour} flavour */
function factories(flavour) {
  return {
    any(/** @type {unknown} */ constructor) {
      if (typeof constructor !== 'function') {
        throw new Error(
          'any() expects to be passed a constructor function. Please pass one or use anything() to match any object.\n',
        );
      }
      return new ExpectAny(constructor, flavour);
    },
    anything: () => new ExpectAnything(undefined, flavour),
    arrayContaining(/** @type {unknown} */ list) {
      if (!Array.isArray(list)) throw new Error('expect.arrayContaining(array)\n\nExpected a array\n');
      return new ExpectArrayContaining(list, flavour);
    },
    objectContaining(/** @type {unknown} */ object) {
      if (typeof object !== 'object' || object === null)
        throw new Error('expect.objectContaining(object)\n\nExpected an object\n');
      return new ExpectObjectContaining(object, flavour);
    },
    stringContaining(/** @type {unknown} */ text) {
      if (typeof text !== 'string' && !(text instanceof String))
        throw new Error('expect.stringContaining(string)\n\nExpected a string\n');
      return new ExpectStringContaining(text, flavour);
    },
    stringMatching(/** @type {unknown} */ pattern) {
      if (typeof pattern !== 'string' && !(pattern instanceof RegExp)) {
        throw new Error('expect.stringContaining(string)\n\nExpected a string or regular expression\n');
      }
      return new ExpectStringMatching(pattern, flavour);
    },
    closeTo(/** @type {unknown} */ value, /** @type {unknown} */ digits = 2) {
      if (typeof value !== 'number') throw new Error('expect.closeTo(number, precision?)\n\nExpected a number value');
      if (typeof digits !== 'number')
        throw new Error('expect.closeTo(number, precision?)\n\nPrecision must be a number or undefined');
      return new ExpectCloseTo({ value, digits }, flavour);
    },
  };
}

/** @param {any} value @returns {value is InstanceType<typeof AsymmetricMatcher>} */
const isAsymmetric = (value) => value !== null && typeof value === 'object' && value.$$typeof === kind;

/**
 * How a matcher shows in a diff.
 *
 * @param {any} value
 * @returns {{ label: string, list?: unknown[], object?: object } | null}
 */
function describeAsymmetric(value) {
  if (!isAsymmetric(value)) return null;
  const { sample, flavour } = value;
  const lead =
    flavour?.promise === 'resolvesTo'
      ? 'promise resolved to '
      : flavour?.promise === 'rejectsTo'
        ? 'promise rejected to '
        : '';
  if (value instanceof ExpectAny) return { label: `${lead}Any<${sample.name}>` };
  if (value instanceof ExpectAnything) return { label: `${lead}Anything` };
  if (value instanceof ExpectStringContaining)
    return { label: `${lead}StringContaining ${JSON.stringify(String(sample))}` };
  if (value instanceof ExpectStringMatching)
    return { label: `${lead}StringMatching ${sample instanceof RegExp ? sample : JSON.stringify(sample)}` };
  if (value instanceof ExpectCloseTo)
    return {
      label: `${lead}${flavour?.not ? 'NumberNotCloseTo' : 'NumberCloseTo '}${sample.value} (${sample.digits} digit${sample.digits === 1 ? '' : 's'})`,
    };
  if (value instanceof ExpectObjectContaining) return { label: `${lead}ObjectContaining`, object: sample };
  if (value instanceof ExpectCustomAsymmetricMatcher) return { label: `${lead}${sample.name}`, list: sample.args };
  return { label: `${lead}${value.constructor.name} {}` };
}

module.exports = { factories, isAsymmetric, describeAsymmetric, ExpectCustomAsymmetricMatcher };
