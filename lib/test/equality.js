'use strict';

/** Deep equality as `toEqual`, `toStrictEqual` and `toMatchObject` understand it. */

const utils = require('@jest/expect-utils');

const loose = [utils.iterableEquality];
const strict = [utils.iterableEquality, utils.typeEquality, utils.sparseArrayEquality, utils.arrayBufferEquality];
const subset = [utils.iterableEquality, utils.subsetEquality];

/** @param {unknown} a @param {unknown} b */
const deepEqual = (a, b) => utils.equals(a, b, loose);

/** @param {unknown} a @param {unknown} b */
const strictlyEqual = (a, b) => utils.equals(a, b, strict, true);

/** @param {unknown} received @param {unknown} expected */
const matchesSubset = (received, expected) => utils.equals(received, expected, subset);

module.exports = { deepEqual, strictlyEqual, matchesSubset };
