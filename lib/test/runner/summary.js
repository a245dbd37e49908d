'use strict';

const { resultLine, writeAll } = require('./report');
const real = require('../real-time');
const { Coverage, reportCoverage } = require('./coverage');

/**
 * @typedef {{ status: string, path: string[], ms: number, line: number, assertions: number, note?: string, suffix?: string,
 *   failure?: { type: string, message: string, text?: string, runner?: boolean }, scopeLines?: number[] }} TestRecord
 * @typedef {{ title: string, file: string, started: number, ms: number, tests: TestRecord[] }} FileRecord
 */

/** @typedef {InstanceType<typeof Summary>} RunSummary */

/** Adds up what the files tell, and prints the end of the run. */
class Summary {
  /** @param {import('./options').TestOptions} options @param {{ started: number, seed: number, colors: boolean }} run */
  constructor(options, { started, seed, colors }) {
    this.colors = colors;
    this.options = options;
    this.started = started;
    this.seed = seed;
    this.counts = { pass: 0, skip: 0, todo: 0, fail: 0 };
    this.filtered = 0;
    this.errors = 0;
    this.assertions = 0;
    this.snapshots = { total: 0, added: 0, passed: 0, failed: 0 };
    this.bailed = false;
    /** whether nothing can be run: a preload is missing */
    this.aborted = false;
    this.coverage = new Coverage();
    /** @type {FileRecord[]} */
    this.files = [];
    this.titles = new Set();
  }

  /** @param {import('./coordinator').Job} job @returns {FileRecord} */
  addFile(job) {
    const record = { title: job.title, file: job.file, started: real.now(), ms: 0, tests: [] };
    this.files.push(record);
    this.titles.add(job.title);
    return record;
  }

  /** @param {FileRecord} file @param {any} event */
  take(file, event) {
    switch (event.event) {
      case 'result':
        this.counts[/** @type {'pass'} */ (event.status)]++;
        file.tests.push(event);
        break;
      case 'file-failed':
        this.counts.fail++;
        break;
      case 'unhandled':
        this.errors++;
        break;
      case 'coverage':
        this.coverage.add(event.files);
        break;
      case 'abort':
        this.aborted = true;
        break;
      case 'filtered':
        this.filtered += event.count;
        break;
      case 'end':
        this.assertions += event.assertions;
        for (const key of /** @type {const} */ (['total', 'added', 'passed', 'failed']))
          this.snapshots[key] += event.snapshots[key];
        this.bailed ||= event.bailed;
        break;
      default:
    }
  }

  /** Failures left until `--bail` ends the run; 0 is never. */
  get bailLeft() {
    return this.options.bail === 0 ? 0 : Math.max(1, this.options.bail - this.counts.fail);
  }

  get mustStop() {
    return this.aborted || this.bailed || (this.options.bail > 0 && this.counts.fail >= this.options.bail);
  }

  get ran() {
    const { pass, skip, todo, fail } = this.counts;
    return pass + skip + todo + fail;
  }

  /** @returns {Promise<number>} the exit code */
  async conclude() {
    if (this.options.junit) require('./junit').writeReport(this.options.junit, this);
    if (this.ran === 0 && this.filtered > 0 && !this.errors) return this.nothingMatched();
    const covered = this.options.coverage ? reportCoverage(this) : true;
    writeAll(2, this.text());
    const good = this.counts.fail === 0 && this.errors === 0 && covered;
    return good ? 0 : 1;
  }

  nothingMatched() {
    const pattern = JSON.stringify(this.options.pattern);
    const searched = `Searched ${plural(this.titles.size, 'file')} (skipping ${plural(this.filtered, 'test')})`;
    writeAll(2, `\nerror: regex ${pattern} matched 0 tests. ${searched} ${elapsed(this.started)}\n`);
    return this.options.passWithNoTests ? 0 : 1;
  }

  text() {
    const { size } = this.titles;
    const ran = `Ran ${plural(this.ran, 'test')} across ${plural(size, 'file')}. ${elapsed(this.started)}\n`;
    if (this.mustStop) return `${ran}Bailed out after ${plural(this.counts.fail, 'failure')}\n`;
    const lines = this.lines();
    if (this.options.style === 'dots') return `\n\n${lines.join('').replaceAll(/^ /gm, '')}${ran}`;
    return `${this.recap()}\n${lines.join('')}${ran}`;
  }

  /** What did not pass, once more, when there is much between. */
  recap() {
    if (this.counts.pass <= 20 || this.options.style !== 'default') return '';
    const tests = this.files.flatMap((file) => file.tests);
    const blocks = Object.entries({ skip: 'skipped', todo: 'todo', fail: 'failed' }).flatMap(([status, word]) => {
      const lines = tests
        .filter((test) => test.status === status)
        .map((test) => resultLine(/** @type {any} */ (test), this.colors));
      return lines.length > 0 ? [`${lines.length} tests ${word}:\n${lines.join('')}`] : [];
    });
    return blocks.length > 0 ? `\n${blocks.join('\n\n')}` : '';
  }

  lines() {
    const { pass, skip, todo, fail } = this.counts;
    const lines = [` ${pass} pass\n`];
    if (this.options.randomize) lines.unshift(` --seed=${this.seed}\n`);
    if (skip > 0) lines.push(` ${skip} skip\n`);
    if (this.filtered > 0) lines.push(` ${this.filtered} filtered out\n`);
    if (todo > 0) lines.push(` ${todo} todo\n`);
    lines.push(` ${fail} fail\n`);
    if (this.errors > 0) lines.push(` ${plural(this.errors, 'error')}\n`);
    return [...lines, this.expectations()];
  }

  expectations() {
    const { total, added, passed, failed } = this.snapshots;
    const calls = this.assertions > 0 ? ` ${this.assertions} expect() calls\n` : '';
    if (total === 0) return calls;
    if (calls && added === 0 && failed === 0) return ` ${total} snapshots, ${this.assertions} expect() calls\n`;
    const parts = [];
    if (passed > 0) parts.push(`${passed} passed`);
    if (added > 0) parts.push(parts.length === 0 ? `+${added} added` : `${added} added`);
    if (failed > 0) parts.push(`${failed} failed`);
    return `snapshots: ${parts.join(', ')}\n${calls}`;
  }
}

/** @param {number} count @param {string} noun */
const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** @param {number} started */
function elapsed(started) {
  const ms = real.now() - started;
  return ms < 1000 ? `[${ms.toFixed(2)}ms]` : `[${(ms / 1000).toFixed(2)}s]`;
}

module.exports = { Summary, elapsed };
