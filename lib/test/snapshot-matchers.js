'use strict';

/** `toMatchSnapshot`, `toMatchInlineSnapshot` and the two for thrown errors. */

const state = require('./state');
const { attempt } = require('./attempt');
const { matchesSubset } = require('./equality');
const { pretty } = require('./pretty');
const { diffLines } = require('./difference');
const { format } = require('./format');
const { isAsymmetric } = require('./asymmetric');

/** @typedef {import('./expectation').Machine} Machine */
/** @typedef {import('./expectation').Subject} Subject */

/** @param {any} Expect @param {Machine} machine */
function install(Expect, machine) {
  const define = (
    /** @type {string} */ name,
    /** @type {(subject: Subject, args: any[], from: Function | string) => void} */ judge,
  ) => {
    const method = {
      /** @this {object} @param {any[]} args */
      [name](...args) {
        const subject = machine.subjectOf(this);
        machine.countAssertion();
        if (!subject.promise) return judge(subject, args, Expect.prototype[name]);
        const heading = `expect(received).${subject.promise}.${name}(expected)`;
        return machine.throughPromise(subject, heading, Expect.prototype[name], (received, stack) =>
          judge({ ...subject, received }, args, stack),
        );
      },
    }[name];
    Object.defineProperty(Expect.prototype, name, {
      value: method,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  };
  define('toMatchSnapshot', (subject, args, from) => {
    const { matchers, hint } = fileArguments(args, machine, subject, from);
    const value = withMatchers('toMatchSnapshot', subject, matchers, machine, from);
    compareWithFile('toMatchSnapshot', subject, value, hint, machine, from);
  });
  define('toThrowErrorMatchingSnapshot', (subject, [hint], from) => {
    compareWithFile(
      'toThrowErrorMatchingSnapshot',
      subject,
      thrownMessage('toThrowErrorMatchingSnapshot', subject, machine, from),
      hint ?? '',
      machine,
      from,
    );
  });
  define('toMatchInlineSnapshot', (subject, args, from) => {
    const [matchers, expected] = typeof args[0] === 'object' && args[0] !== null ? args : [undefined, args[0]];
    const value = withMatchers('toMatchInlineSnapshot', subject, matchers, machine, from);
    compareInline('toMatchInlineSnapshot', subject, value, expected, machine, from);
  });
  define('toThrowErrorMatchingInlineSnapshot', (subject, [expected], from) => {
    compareInline(
      'toThrowErrorMatchingInlineSnapshot',
      subject,
      thrownMessage('toThrowErrorMatchingInlineSnapshot', subject, machine, from),
      expected,
      machine,
      from,
    );
  });
}

/** @param {any[]} args @param {Machine} machine @param {Subject} subject @param {Function | string} from */
function fileArguments(args, machine, subject, from) {
  const [first, second] = args;
  if (typeof first === 'object' && first !== null)
    return { matchers: first, hint: typeof second === 'string' ? second : '' };
  if (first !== undefined && first !== null && typeof first !== 'string') {
    machine.fail(
      subject,
      'expect(received).toMatchSnapshot(properties, hint)',
      '\nMatcher error: Expected properties must be an object\n',
      from,
    );
  }
  return { matchers: undefined, hint: first ?? '' };
}

/**
 * Checks property matchers, and puts them in the place of what they match.
 *
 * @param {string} name
 * @param {Subject} subject
 * @param {any} matchers
 * @param {Machine} machine
 * @param {Function | string} from
 */
function withMatchers(name, subject, matchers, machine, from) {
  const { received } = subject;
  if (matchers === undefined || matchers === null) return received;
  if (typeof received !== 'object' || received === null) {
    machine.fail(
      subject,
      `expect(received).${name}(properties, hint)`,
      '\nMatcher error: <b>received<r> values must be an object when the matcher has <green>properties<r>\n'.replaceAll(
        /<\/?\w+>/g,
        '',
      ),
      from,
    );
  }
  if (!matchesSubset(received, matchers)) {
    machine.fail(
      subject,
      `expect(received).${name}(properties, hint)`,
      `Expected propertyMatchers to match properties from received object\n\nReceived: ${format(received)}\n`,
      from,
    );
  }
  return merged(received, matchers);
}

/** @param {any} received @param {any} matchers @returns {any} */
function merged(received, matchers) {
  if (
    isAsymmetric(matchers) ||
    typeof matchers !== 'object' ||
    matchers === null ||
    typeof received !== 'object' ||
    received === null
  )
    return matchers;
  if (Array.isArray(matchers)) return matchers.map((item, i) => merged(received[i], item));
  const copy = Object.create(Object.getPrototypeOf(received), Object.getOwnPropertyDescriptors(received));
  for (const key of Object.keys(matchers)) {
    Object.defineProperty(copy, key, {
      value: merged(received[key], matchers[key]),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/** @param {string} name @param {Subject} subject @param {Machine} machine @param {Function | string} from */
function thrownMessage(name, { received, ...rest }, machine, from) {
  const subject = { received, ...rest };
  if (subject.promise) return received?.message;
  if (typeof received !== 'function') throw new Error('Expected value must be a function');
  try {
    received();
  } catch (error) {
    return typeof error === 'object' && error !== null ? /** @type {any} */ (error).message : undefined;
  }
  return machine.fail(
    subject,
    `expect(received).${name}(expected)`,
    'Matcher error: Received function did not throw\n',
    from,
  );
}

/** @param {string} name @param {Subject} subject @param {Function | string} from @param {Machine} machine */
function refuseNot(name, subject, machine, from) {
  if (!subject.not) return;
  machine.fail(
    subject,
    `expect(received).not.${name}(expected)`,
    'Matcher error: Snapshot matchers cannot be used with not\n',
    from,
  );
}

/**
 * @param {string} name
 * @param {Subject} subject
 * @param {unknown} value
 * @param {string} hint
 * @param {Machine} machine
 * @param {Function | string} from
 */
function compareWithFile(name, subject, value, hint, machine, from) {
  refuseNot(name, subject, machine, from);
  const running = attempt();
  if (!running?.test) throw new Error('Snapshot matchers cannot be used outside of a test');
  if (!state.current) throw new Error('Snapshot matchers are not supported in concurrent tests');
  const file = require('./snapshot').snapshotFile();
  const label = running.test.path.filter(Boolean).join(' ');
  const key = file.next(hint ? `${label}: ${hint}` : label);
  state.snapshots.total++;
  const received = normal(pretty(value, { top: true }));
  const known = file.entries.get(key);
  if (known === undefined) {
    refuseInCi(key, value, from);
    file.set(key, received);
    state.snapshots.added++;
  } else if (known === received) state.snapshots.passed++;
  else {
    state.snapshots.failed++;
    machine.fail(subject, `expect(received).${name}(expected)`, difference(known, received), from);
  }
}

/**
 * @param {string} name
 * @param {Subject} subject
 * @param {unknown} value
 * @param {unknown} expected what stands in the source
 * @param {Machine} machine
 * @param {Function | string} from
 */
function compareInline(name, subject, value, expected, machine, from) {
  refuseNot(name, subject, machine, from);
  state.snapshots.total++;
  const received = normal(pretty(value, { top: true }));
  const inline = require('./inline-snapshot');
  if (typeof expected === 'string' && !state.options.updateSnapshots) {
    const known = inline.unindent(normal(expected));
    if (known === received || known.trim() === received.trim()) {
      state.snapshots.passed++;
      return;
    }
    state.snapshots.failed++;
    machine.fail(subject, `expect(received).${name}(expected)`, difference(known, received), from);
  }
  if (expected === undefined) refuseInCi(undefined, value, from);
  if (expected === undefined || inline.unindent(normal(String(expected))) !== received) {
    inline.add(name, received, from);
    state.snapshots.added++;
  } else state.snapshots.passed++;
}

/** @param {string} text */
const normal = (text) => /** @type {any} */ (text).toWellFormed().replaceAll(/\r\n?/g, '\n');

/** @param {string} known @param {string} received */
function difference(known, received) {
  return known.includes('\n') || received.includes('\n')
    ? `${diffLines(known, received)}\n`
    : `Expected: ${known}\nReceived: ${received}\n`;
}

/** @param {string | undefined} key @param {unknown} value @param {Function | string} from */
function refuseInCi(key, value, from) {
  if (!state.options.ci || state.options.updateSnapshots) return;
  const what = key === undefined ? 'Inline snapshot creation' : 'Snapshot creation';
  const name = key === undefined ? '' : `Snapshot name: ${JSON.stringify(key)}\n`;
  const error = new Error(
    `${what} is disabled in CI environments unless --update-snapshots is used\nTo override, set the environment variable CI=false.\n\n${name}Received: ${pretty(value, { top: true })}`,
  );
  if (typeof from === 'function') Error.captureStackTrace(error, from);
  throw error;
}

module.exports = { install };
