'use strict';

const { writeAll } = require('./report');
const real = require('../real-time');

/**
 * @typedef {{ status: string, path: string[], ms: number, line: number, assertions: number, note?: string,
 *   failure?: { type: string, message: string, text?: string }, scopeLines?: number[] }} TestRecord
 * @typedef {{ title: string, file: string, started: number, ms: number, tests: TestRecord[] }} FileRecord
 */

/** Adds up what the files tell, and prints the end of the run. */
class Summary {
  /** @param {import('./options').TestOptions} options @param {{ started: number, seed: number }} run */
  constructor(options, { started, seed }) {
    this.options = options;
    this.started = started;
    this.seed = seed;
    this.counts = { pass: 0, skip: 0, todo: 0, fail: 0 };
    this.filtered = 0;
    this.errors = 0;
    this.assertions = 0;
    this.snapshots = { added: 0, passed: 0, failed: 0 };
    this.bailed = false;
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
      case 'filtered':
        this.filtered += event.count;
        break;
      case 'end':
        this.assertions += event.assertions;
        for (const key of /** @type {const} */ (['added', 'passed', 'failed']))
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
    return this.bailed || (this.options.bail > 0 && this.counts.fail >= this.options.bail);
  }

  get ran() {
    const { pass, skip, todo, fail } = this.counts;
    return pass + skip + todo + fail;
  }

  /** @returns {Promise<number>} the exit code */
  async conclude() {
    if (this.options.junit) require('./junit').writeReport(this.options.junit, this);
    if (this.ran === 0 && this.filtered > 0 && !this.errors) return this.nothingMatched();
    const covered = this.options.coverage ? await require('./coverage').reportCoverage(this) : true;
    writeAll(2, this.text());
    const good = this.counts.fail === 0 && this.errors === 0 && covered;
    return good ? 0 : 1;
  }

  nothingMatched() {
    const { elapsed } = require('./coordinator');
    const { pattern } = this.options;
    const files = this.titles.size === 1 ? '1 file' : `${this.titles.size} files`;
    writeAll(
      2,
      `\nerror: regex ${JSON.stringify(pattern)} matched 0 tests. Searched ${files} (skipping ${this.filtered} tests) ${elapsed(this.started)}\n`,
    );
    return this.options.passWithNoTests ? 0 : 1;
  }

  text() {
    const { elapsed } = require('./coordinator');
    const { pass, skip, todo, fail } = this.counts;
    let text = this.options.style === 'dots' ? '\n\n' : '\n';
    if (this.mustStop) text = `\nBailed out after ${fail} failure${fail === 1 ? '' : 's'} ${''}\n`.replace(' \n', '\n');
    if (this.options.randomize) text += ` --seed=${this.seed}\n`;
    text += ` ${pass} pass\n`;
    if (skip > 0) text += ` ${skip} skip\n`;
    if (todo > 0) text += ` ${todo} todo\n`;
    if (this.filtered > 0) text += ` ${this.filtered} filtered out\n`;
    text += ` ${fail} fail\n`;
    if (this.errors > 0) text += ` ${this.errors} error${this.errors === 1 ? '' : 's'}\n`;
    text += this.expectations();
    const { size } = this.titles;
    text += `Ran ${this.ran} test${this.ran === 1 ? '' : 's'} across ${size} file${size === 1 ? '' : 's'}. ${elapsed(this.started)}\n`;
    return text;
  }

  expectations() {
    const { added, passed, failed } = this.snapshots;
    const calls = this.assertions > 0 ? ` ${this.assertions} expect() calls\n` : '';
    const total = added + passed + failed;
    if (total === 0) return calls;
    if (calls && added === 0 && failed === 0) return ` ${total} snapshots, ${this.assertions} expect() calls\n`;
    const parts = [];
    if (passed > 0) parts.push(`${passed} passed`);
    if (added > 0) parts.push(parts.length === 0 ? `+${added} added` : `${added} added`);
    if (failed > 0) parts.push(`${failed} failed`);
    return `snapshots: ${parts.join(', ')}\n${calls}`;
  }
}

module.exports = { Summary };
