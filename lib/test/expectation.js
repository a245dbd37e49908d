'use strict';

/**
 * What `expect(value)` gives: the matchers, `.not`, `.resolves` and `.rejects`.
 *
 * @see https://bun.com/docs/test/writing-tests#matchers
 */

const types = require('node:util/types');
const { native } = require('../internal/native');
const state = require('./state');
const { attempt } = require('./attempt');
const { format } = require('./format');
const { followUp } = require('./pending');
const { markAssertion } = require('./assertion-error');

/**
 * @typedef {object} Call what a matcher is asked about
 * @property {any} received
 * @property {boolean} not
 * @property {string} name
 * @property {'' | 'resolves' | 'rejects'} promise
 * @property {any} [facts] what `test` wants to tell `say`
 *
 * @typedef {object} Matcher
 * @property {string} [shown] the arguments in the heading, `expected`
 * @property {string} [heading] another name in the heading
 * @property {[number, string]} [needs] how many arguments, and the complaint
 * @property {(call: Call, args: any[]) => void} [check] throws what Bun throws for arguments of the wrong type
 * @property {(call: Call, args: any[]) => boolean | Promise<boolean>} test
 * @property {(call: Call, args: any[]) => string} say the message below the heading
 * @property {(call: Call, args: any[]) => string} [shownFor] the arguments in the heading, when they depend on the call
 *
 * @typedef {Record<string, Matcher>} Matchers
 *
 * @typedef {object} Machine what matchers elsewhere need of this module
 * @property {(self: object) => Subject} subjectOf
 * @property {() => void} countAssertion
 * @property {(subject: Subject, heading: string, body: string, from: Function | string) => never} fail
 * @property {(subject: Subject, heading: string, from: Function, then: (received: any, stack: string) => unknown) => unknown} throughPromise
 */

/** @type {Matchers} */
const matchers = {
  ...require('./matchers/equality'),
  ...require('./matchers/types'),
  ...require('./matchers/numbers'),
  ...require('./matchers/strings'),
  ...require('./matchers/collections'),
  ...require('./matchers/objects'),
  ...require('./matchers/errors'),
  ...require('./matchers/calls'),
  ...require('./matchers/returns'),
};

/** @typedef {{ received: any, not: boolean, promise: '' | 'resolves' | 'rejects', message: string | undefined }} Subject */

/** @type {WeakMap<object, Subject>} */
const subjects = new WeakMap();

class Expect {
  /** @param {Subject} subject */
  constructor(subject) {
    subjects.set(this, subject);
  }

  get not() {
    return new Expect({ ...subjectOf(this), not: !subjectOf(this).not });
  }

  get resolves() {
    return new Expect({ ...subjectOf(this), promise: 'resolves' });
  }

  get rejects() {
    return new Expect({ ...subjectOf(this), promise: 'rejects' });
  }

  get [Symbol.toStringTag]() {
    return 'Expect';
  }
}

/** @param {object} self @returns {Subject} */
function subjectOf(self) {
  const subject = subjects.get(self);
  if (!subject) throw new TypeError('Matcher error: expect() must be called');
  return subject;
}

function countAssertion() {
  state.assertions++;
  const running = attempt();
  if (running) running.assertions++;
}

/**
 * Throws the failure of a matcher with the stack of the line that called it.
 *
 * @param {Subject} subject
 * @param {string} heading
 * @param {string} body
 * @param {Function | string} from the function above which the stack starts, or a stack kept for later
 * @returns {never}
 */
function fail(subject, heading, body, from) {
  const error = markAssertion(new Error(subject.message ? `${subject.message}\n\n${body}` : `${heading}\n\n${body}`));
  if (typeof from === 'function') Error.captureStackTrace(error, from);
  else error.stack = `Error: ${error.message}\n${from}`;
  throw error;
}

/** @param {Function} from */
function keepStack(from) {
  const holder = { stack: '' };
  Error.captureStackTrace(holder, from);
  return holder.stack.slice(holder.stack.indexOf('\n') + 1);
}

/**
 * Waits for the promise of `.resolves` or `.rejects`, then goes on with what it holds.
 *
 * @param {Subject} subject
 * @param {string} heading
 * @param {Function} from
 * @param {(received: unknown, stack: string) => unknown} then
 */
function throughPromise(subject, heading, from, then) {
  const { received, promise } = subject;
  if (typeof received?.then !== 'function')
    fail(subject, heading, `Expected promise\nReceived: ${format(received)}\n`, from);
  const stack = keepStack(from);
  const resolves = promise === 'resolves';
  /** @param {string} expected @param {string} got */
  const wrong = (expected, got) =>
    fail(
      subject,
      heading,
      `Expected promise that ${expected}\nReceived promise that ${got}: Promise { <${got}> }\n`,
      stack,
    );
  const onValue = (/** @type {unknown} */ value) => (resolves ? then(value, stack) : wrong('rejects', 'resolved'));
  const onReason = (/** @type {unknown} */ reason) => (resolves ? wrong('resolves', 'rejected') : then(reason, stack));
  // What a settled promise holds is known now, so the assertion is over when it returns, as in Bun.
  const settled = settledNow(received);
  if (settled) return settled.isFulfilled ? onValue(settled.result) : onReason(settled.result);
  return followUp(received.then(onValue, onReason));
}

/** What a settled promise holds; undefined where that cannot be said now. @param {any} promise */
function settledNow(promise) {
  if (!types.isPromise(promise) || promise.then !== Promise.prototype.then) return undefined;
  const peek = require('../bun/peek');
  const status = peek.status(promise);
  if (status === 'pending' || !native('bun-core', 'bun').introspection()) return undefined;
  return { isFulfilled: status === 'fulfilled', result: peek(promise) };
}

/** @param {string} name @param {Matcher} matcher */
function builtin(name, matcher) {
  const { heading = name, shown = '' } = matcher;
  return {
    /** @this {object} @param {any[]} args */
    [name](...args) {
      const subject = subjectOf(this);
      const from = /** @type {any} */ (Expect.prototype)[name];
      const { needs } = matcher;
      if (needs && args.length < needs[0]) throw blame(new TypeError(`${name}() ${needs[1]}`), from);
      const not = subject.not ? '.not' : '';
      if (!subject.promise) return judge(subject.received, from);
      return throughPromise(subject, `expect(received)${not}.${subject.promise}.${heading}(${shown})`, from, judge);

      /** @param {unknown} received @param {Function | string} at */
      function judge(received, at) {
        countAssertion();
        /** @type {Call} */
        const call = { received, not: subject.not, name, promise: subject.promise };
        try {
          matcher.check?.(call, args);
        } catch (error) {
          throw typeof at === 'function' ? blame(/** @type {Error} */ (error), at) : error;
        }
        const outcome = matcher.test(call, args);
        if (typeof outcome === 'boolean') return conclude(outcome, at);
        const stack = typeof at === 'string' ? at : keepStack(at);
        return followUp(outcome.then((pass) => conclude(pass, stack)));

        /** @param {boolean} pass @param {Function | string} where */
        function conclude(pass, where) {
          if (pass !== subject.not) return;
          const list = matcher.shownFor ? matcher.shownFor(call, args) : shown;
          fail(subject, `expect(received)${not}.${heading}(${list})`, matcher.say(call, args), where);
        }
      }
    },
  }[name];
}

/** @template {Error} E @param {E} error @param {Function} from @returns {E} */
function blame(error, from) {
  Error.captureStackTrace(error, from);
  return error;
}

for (const [name, matcher] of Object.entries(matchers)) {
  Object.defineProperty(Expect.prototype, name, {
    value: builtin(name, matcher),
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
const aliases = {
  toThrowError: 'toThrow',
  toBeCalled: 'toHaveBeenCalled',
  toBeCalledTimes: 'toHaveBeenCalledTimes',
  toBeCalledWith: 'toHaveBeenCalledWith',
  lastCalledWith: 'toHaveBeenLastCalledWith',
  nthCalledWith: 'toHaveBeenNthCalledWith',
  toReturn: 'toHaveReturned',
  lastReturnedWith: 'toHaveLastReturnedWith',
  nthReturnedWith: 'toHaveNthReturnedWith',
};
for (const [name, target] of Object.entries(aliases)) {
  Object.defineProperty(Expect.prototype, name, {
    value: /** @type {any} */ (Expect.prototype)[target],
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** @type {Machine} */
const machine = { subjectOf, countAssertion, fail, throughPromise };
require('./snapshot-matchers').install(Expect, machine);

module.exports = { Expect, machine };
