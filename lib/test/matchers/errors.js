'use strict';

/** `toThrow`. */

const { format } = require('../format');
const { deepEqual } = require('../equality');
const { isAsymmetric } = require('../asymmetric');

/** @typedef {{ threw: boolean, thrown: any, returned: any }} Happened */

/** @param {Function} fn @returns {Happened | Promise<Happened>} */
function happen(fn) {
  try {
    const returned = fn();
    if (typeof returned?.then !== 'function') return { threw: false, thrown: undefined, returned };
    return returned.then(
      () => ({ threw: false, thrown: undefined, returned }),
      (/** @type {unknown} */ thrown) => ({ threw: true, thrown, returned }),
    );
  } catch (thrown) {
    return { threw: true, thrown, returned: undefined };
  }
}

/** @param {any} thrown @returns {string} */
function messageOf(thrown) {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
}

/** @param {Happened} happened @param {unknown[]} args */
function matches({ threw, thrown }, args) {
  if (!threw) return false;
  const [expected] = args;
  if (args.length === 0 || expected === undefined) return true;
  if (typeof expected === 'string') return messageOf(thrown).includes(expected);
  if (expected instanceof RegExp) return new RegExp(expected).test(messageOf(thrown));
  if (isAsymmetric(expected)) return expected.asymmetricMatch(thrown);
  if (typeof expected === 'function') return thrown instanceof expected;
  const wanted = /** @type {{ message?: unknown }} */ (expected);
  return 'message' in wanted && deepEqual(messageOf(thrown), wanted.message);
}

/** @type {import('../expectation').Matchers} */
module.exports = {
  toThrow: {
    shown: 'expected',
    shownFor: (_, args) => (args.length === 0 || args[0] === undefined ? '' : 'expected'),
    check(call, args) {
      const { received } = call;
      const [expected] = args;
      if (
        args.length > 0 &&
        expected !== undefined &&
        typeof expected !== 'string' &&
        typeof expected !== 'function' &&
        (typeof expected !== 'object' || expected === null)
      ) {
        throw new Error(`Expected value must be string or Error: ${format(expected)}`);
      }
      if (typeof received !== 'function' && !call.promise) throw new Error('Expected value must be a function');
    },
    test(call, args) {
      const { received } = call;
      const conclude = (/** @type {Happened} */ happened) => {
        call.facts = happened;
        return matches(happened, args);
      };
      if (typeof received !== 'function') return conclude({ threw: true, thrown: received, returned: undefined });
      const happened = happen(received);
      return 'then' in happened ? happened.then(conclude) : conclude(happened);
    },
    say({ not, facts }, args) {
      const { threw, thrown, returned } = /** @type {Happened} */ (facts);
      const [expected] = args;
      const absent = `\nReceived function did not throw\nReceived value: ${format(returned)}\n`;
      if (args.length === 0 || expected === undefined) {
        if (!not) return absent.slice(1);
        return thrown instanceof Error
          ? `Error name: ${format(thrown.name)}\nError message: ${format(thrown.message)}\n`
          : `Thrown value: ${format(thrown)}\n`;
      }
      const { label, shown, silent } = wanted(expected);
      if (not)
        return `Expected ${label}: not ${shown}\n${silent ? '' : `Received message: ${format(messageOf(thrown))}\n`}`;
      if (!threw) return `Expected ${label}: ${shown}\n${absent}`;
      if (label === 'value') return `Expected value: ${shown}\nReceived value: ${format(thrown)}\n`;
      if (label === 'constructor')
        return `Expected constructor: ${shown}\nReceived constructor: ${thrown?.constructor?.name ?? ''}\n\nReceived message: ${format(messageOf(thrown))}\n`;
      return `Expected ${label}: ${shown}\nReceived message: ${format(messageOf(thrown))}\n`;
    },
  },
};

/** @param {any} expected */
function wanted(expected) {
  if (typeof expected === 'string') return { label: 'substring', shown: format(expected), silent: false };
  if (expected instanceof RegExp) return { label: 'pattern', shown: String(expected), silent: false };
  if (isAsymmetric(expected)) return { label: 'value', shown: format(expected), silent: true };
  if (typeof expected === 'function') return { label: 'constructor', shown: expected.name, silent: false };
  if ('message' in expected) return { label: 'message', shown: format(expected.message), silent: true };
  return { label: 'value', shown: format(expected), silent: true };
}
