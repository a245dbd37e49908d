'use strict';

/**
 * The module `bun:test`.
 *
 * @see https://bun.com/docs/test
 */

const {
  test,
  describe,
  beforeAll,
  beforeEach,
  afterEach,
  afterAll,
  onTestFinished,
  setDefaultTimeout,
} = require('./register');
const { mock, fn, spyOn, clearAllMocks, resetAllMocks, restoreAllMocks } = require('./mock');
const timers = require('./timers');
const expect = require('./expect');
const expectTypeOf = require('./expect-type-of');

const jest = {
  fn,
  spyOn,
  mock: mock.module,
  clearAllMocks,
  resetAllMocks,
  restoreAllMocks,
  setTimeout: setDefaultTimeout,
  ...timers,
};

const vi = { ...jest, module: mock.module };

module.exports = {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  expectTypeOf,
  it: test,
  jest,
  mock,
  onTestFinished,
  setDefaultTimeout,
  setSystemTime: timers.setSystemTime,
  spyOn,
  test,
  vi,
  xdescribe: describe.skip,
  xit: test.skip,
  xtest: test.skip,
};
