'use strict';

const { codeError } = require('../../internal/errors');
const { format } = require('../format');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** @param {string} name @param {unknown[]} args of the matcher */
function mustBeAlone(name, args) {
  if (args[0] !== undefined) throw ERR_INVALID_ARG_TYPE(`${name}() must not have an argument`);
}

/** @param {import('../expectation').Call} call */
function mustBeMock({ received }) {
  if (!isMock(received)) throw new Error(`Expected value must be a mock function: ${format(received)}`);
}

/** @param {any} value */
const isMock = (value) => typeof value === 'function' && value._isMockFunction === true;

/** The arguments matchers say so in their own words. @param {import('../expectation').Call} call @param {string} shown */
function mustBeMockFor({ received, not, name }, shown) {
  if (isMock(received)) return;
  throw new Error(
    `expect(received)${not ? '.not' : ''}.${name}(${shown})\n\nMatcher error: received value must be a mock function\nReceived: ${format(received)}\n`,
  );
}

module.exports = { mustBeAlone, mustBeMock, mustBeMockFor };
