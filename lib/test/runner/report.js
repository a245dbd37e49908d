'use strict';

const fs = require('node:fs');
const { renderError, stackOf } = require('./render-error');
const { isAssertion } = require('../assertion-error');

/** @typedef {InstanceType<typeof Report>} FileReport */

/**
 * Prints the results of one file as `bun test` does, on stderr, and tells the coordinator.
 *
 * @typedef {object} Result
 * @property {'pass' | 'fail' | 'skip' | 'todo'} status
 * @property {string[]} path the labels of the scopes and the test
 * @property {number} ms
 * @property {number} line
 * @property {number[]} [scopeLines] the lines of the scopes around it
 * @property {number} assertions
 * @property {string} [suffix] `(attempt 2)`
 * @property {string} [note] the reason below a failed line
 * @property {unknown} [error]
 */

/** Writes all of it, also when the other side of a pipe is slow. @param {number} fd @param {string | Buffer} text */
function writeAll(fd, text) {
  let bytes = typeof text === 'string' ? Buffer.from(text) : text;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(fd, bytes));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

class Report {
  /**
   * @param {object} job
   * @param {string} job.heading the line above the results
   * @param {'default' | 'dots' | 'failures'} job.style
   * @param {boolean} job.colors
   * @param {number} job.bail how many failures end the run; 0 is never
   * @param {(event: object) => void} tell
   */
  constructor({ heading, style, colors, bail }, tell) {
    this.heading = heading;
    this.style = style;
    this.colors = colors;
    this.bail = bail;
    this.tell = tell;
    this.failures = 0;
    this.headed = false;
    this.dotted = false;
  }

  /** @param {string} text */
  write(text) {
    writeAll(2, text);
  }

  header() {
    if (this.headed) return;
    this.headed = true;
    this.tell({ event: 'headed' });
    this.write(this.colors ? `\n\u001B[0m${this.heading}\n` : `\n${this.heading}\n`);
  }

  begin() {
    if (this.style === 'default') this.header();
  }

  /** The coordinator ends a process that is stuck in a test. @param {import('../scope').TestNode} test @param {number} limit */
  start(test, limit) {
    if (limit > 0 && limit < 2 ** 31) this.tell({ event: 'start', path: test.path, limit, line: test.line });
  }

  stepEnded() {
    this.tell({ event: 'step-ended' });
  }

  /** @param {unknown} error */
  error(error) {
    this.breakDots();
    this.header();
    this.write(renderError(error, { colors: this.colors }));
  }

  /** An error that belongs to no test. @param {unknown} error */
  unhandled(error, topLevel = false) {
    this.breakDots();
    this.header();
    this.tell({ event: 'unhandled' });
    this.write(
      `\n# Unhandled error between tests\n-------------------------------\n${renderError(error, { colors: this.colors, topLevel })}-------------------------------\n\n`,
    );
  }

  /** The file could not be loaded: it counts as one failure. @param {unknown} error */
  failFile(error) {
    this.failures++;
    this.tell({ event: 'file-failed', failure: failureOf(error) });
  }

  breakDots() {
    if (!this.dotted) return;
    this.dotted = false;
    this.write('\n');
  }

  /** @param {Result} result */
  result(result) {
    const { status, path, ms, line, assertions, suffix, note, error } = result;
    if (status === 'fail') this.failures++;
    this.tell({
      event: 'result',
      status,
      path,
      ms,
      line,
      assertions,
      suffix,
      note,
      failure: status === 'fail' ? failureOf(error, note) : undefined,
      scopeLines: result.scopeLines,
    });
    if (this.style === 'dots' && status !== 'fail') {
      this.dotted = true;
      this.write({ pass: '.', skip: '.', todo: '.' }[status]);
      return;
    }
    if (this.style === 'failures' && status !== 'fail') return;
    this.breakDots();
    this.header();
    this.write(resultLine(result, this.colors));
  }

  shouldBail() {
    return this.bail > 0 && this.failures >= this.bail;
  }
}

const marks = {
  pass: ['(pass)', '\u001B[32m✓\u001B[0m'],
  fail: ['(fail)', '\u001B[31m✗\u001B[0m'],
  skip: ['(skip)', '\u001B[33m»\u001B[0m'],
  todo: ['(todo)', '\u001B[35m✎\u001B[0m'],
};

/** @param {Result} result @param {boolean} colors */
function resultLine({ status, path, ms, suffix = '', note }, colors) {
  const mark = marks[status][colors ? 1 : 0];
  const shown = ms >= 0.01 ? `[${ms.toFixed(2)}ms]` : '';
  const name = path.filter(Boolean).join(' > ');
  if (!colors) return `${mark} ${name}${suffix}${shown ? ` ${shown}` : ''}\n${note ? `  ^ ${note}\n` : ''}`;
  return `${mark} ${name}${suffix}${shown ? ` \u001B[0m\u001B[2m${shown}\u001B[0m` : ''}\n${note ? `  \u001B[31m^\u001B[0m ${note}\n` : ''}`;
}

/**
 * What the JUnit report says of a failure.
 *
 * @param {unknown} error
 * @param {string} [note]
 */
function failureOf(error, note) {
  const said = (/** @type {string} */ message) => ({ type: 'AssertionError', message, runner: true });
  if (note?.includes('timed out')) return { type: 'TimeoutError', message: 'test timed out' };
  if (note?.includes('.failing')) return said('test marked with .failing() did not throw');
  if (note?.includes('.todo')) return said('TODO passed');
  if (error === undefined) return undefined;
  if (!(error instanceof Error)) return { type: 'Error', message: String(error), text: `${String(error)}\n` };
  if (error.name === 'AssertionError' && error.stack === undefined) return said(/** @type {any} */ (error).report);
  const type = isAssertion(error) ? 'AssertionError' : error.name;
  return { type, message: error.message, text: `${type}: ${error.message}\n${stackOf(error)}` };
}

module.exports = { Report, resultLine, writeAll };
