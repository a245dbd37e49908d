'use strict';

/**
 * What is wrong with the `[test]` table of bunfig.toml.
 *
 * @see bun-types/docs/runtime/bunfig.mdx "Test runner"
 */

const booleans = ['smol', 'coverage', 'coverageSkipTestFiles', 'coverageIgnoreSourcemaps', 'randomize', 'onlyFailures'];
const numbers = ['seed', 'rerunEach', 'retry'];
const patterns = ['pathIgnorePatterns', 'coveragePathIgnorePatterns', 'concurrentTestGlob'];

/**
 * @param {Record<string, any>} test
 * @param {(value: unknown) => string} kindOf
 * @returns {[message: string, key: string, item?: unknown] | undefined}
 */
function checkTest(test, kindOf) {
  const expected = (
    /** @type {string} */ kind,
    /** @type {string[]} */ keys,
    /** @type {Record<string, any>} */ table,
  ) => {
    const key = keys.find((name) => table[name] !== undefined && kindOf(table[name]) !== kind);
    return key && /** @type {[string, string]} */ ([`expected ${kind} but received ${kindOf(table[key])}`, key]);
  };
  return (
    expected('boolean', booleans, test) ||
    expected('string', ['coverageDir'], test) ||
    expected('number', numbers, test) ||
    checkReporters(test, kindOf) ||
    checkThreshold(test, expected, kindOf) ||
    (test.reporter !== undefined &&
      (expected('object', ['reporter'], test) ||
        expected('string', ['junit'], test.reporter) ||
        expected('boolean', ['dots'], test.reporter))) ||
    checkPatterns(test) ||
    (test.seed !== undefined && test.randomize !== true
      ? ['"seed" can only be used when "randomize" is true', 'seed']
      : undefined)
  );
}

/** @param {Record<string, any>} test @param {(value: unknown) => string} kindOf @returns {[string, string, unknown?] | undefined} */
function checkReporters({ coverageReporter }, kindOf) {
  if (coverageReporter === undefined) return undefined;
  if (typeof coverageReporter !== 'string' && !Array.isArray(coverageReporter))
    return [`expected array but received ${kindOf(coverageReporter)}`, 'coverageReporter'];
  for (const name of [coverageReporter].flat()) {
    if (typeof name !== 'string') return [`expected string but received ${kindOf(name)}`, 'coverageReporter', name];
    if (name !== 'text' && name !== 'lcov') return [`Invalid coverage reporter "${name}"`, 'coverageReporter', name];
  }
  return undefined;
}

/** @param {Record<string, any>} test @param {Function} expected @param {(value: unknown) => string} kindOf @returns {[string, string, unknown?] | undefined} */
function checkThreshold({ coverageThreshold }, expected, kindOf) {
  if (coverageThreshold === undefined || typeof coverageThreshold === 'number') return undefined;
  if (kindOf(coverageThreshold) !== 'object')
    return [`expected object but received ${kindOf(coverageThreshold)}`, 'coverageThreshold'];
  return expected('number', ['lines', 'functions', 'statements', 'line', 'function', 'statement'], coverageThreshold);
}

/** @param {Record<string, any>} test @returns {[string, string, unknown?] | undefined} */
function checkPatterns(test) {
  for (const key of patterns) {
    const value = test[key];
    if (value === undefined || typeof value === 'string') continue;
    if (!Array.isArray(value)) return [`${key} must be a string or array of strings`, key];
    const wrong = value.find((item) => typeof item !== 'string');
    if (wrong !== undefined) return [`${key} array must contain only strings`, key, wrong];
    if (key === 'concurrentTestGlob' && value.length === 0) return [`${key} array cannot be empty`, key];
  }
  return undefined;
}

module.exports = { checkTest };
