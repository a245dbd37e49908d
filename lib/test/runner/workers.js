'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const { writeAll } = require('./report');
const real = require('../real-time');

/**
 * One process per test file. A spare is started while a file runs, so that the next file does not
 * wait for Node to start. Whatever a file does to its process (exit, crash, endless loop) is reported
 * as a failure of that file, and the run goes on.
 */

/**
 * How long a test may overrun its limit before its process is taken for stuck: long, as slow code that ends is only
 * late. Bun waits for ever.
 *
 * @param {number} limit in milliseconds
 */
const graceOf = (limit) => Math.max(5000, 12 * limit);

/**
 * How long a process may take to end after its last result, in milliseconds: its `exit` handlers run. Node itself now and
 * then waits for ever there, for a compiler thread that waits for it (nodejs/node#54918).
 */
const END_GRACE = 5000;

/** @typedef {{ process: import('node:child_process').ChildProcess, ended: Promise<string>, id: number }} Worker */

class Workers {
  /**
   * @param {import('./options').TestOptions} options
   * @param {Record<string, any>} flags
   * @param {import('./summary').RunSummary} summary
   */
  constructor(options, flags, summary) {
    this.options = options;
    this.flags = flags;
    this.summary = summary;
    this.lanes = Math.max(1, options.parallel);
    /** @type {Set<Worker>} */
    this.alive = new Set();
    /** @type {Map<number, Worker>} */
    this.spares = new Map();
  }

  /** @param {import('./coordinator').Job[]} jobs */
  async run(jobs) {
    const queue = [...jobs];
    const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
      for (const { process: child } of this.alive) child.kill('SIGKILL');
      process.exit(128 + (require('node:os').constants.signals[signal] ?? 1));
    };
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, onSignal);
    const lane = async (/** @type {number} */ id) => {
      for (;;) {
        const job = this.summary.mustStop ? undefined : queue.shift();
        if (!job) break;
        await this.runJob(job, id, queue.length >= this.lanes);
      }
      const spare = this.spares.get(id);
      if (spare) {
        spare.process.kill('SIGKILL'); // it has run nothing yet
        await spare.ended;
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.lanes, jobs.length) }, (_, i) => lane(i + 1)));
  }

  /** @param {number} id @returns {Worker} */
  start(id) {
    const buffered = this.lanes > 1;
    const output = buffered ? 'pipe' : 'inherit';
    const child = spawn(process.execPath, [...nodeFlags(this.flags), path.join(__dirname, 'child.js')], {
      stdio: [buffered ? 'ignore' : 'inherit', output, output, 'pipe'],
      env: {
        ...process.env,
        ...(this.options.parallel > 0 ? { BUN_TEST_WORKER_ID: String(id), JEST_WORKER_ID: String(id) } : {}),
      },
    });
    /** @type {Promise<string>} */
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const worker = { process: child, ended, id };
    this.alive.add(worker);
    this.channel(worker).on('error', () => {}); // a worker that died before its job is seen by `ended`
    void ended.then(() => this.alive.delete(worker));
    return worker;
  }

  /** @param {Worker} worker @returns {import('node:net').Socket} */
  channel(worker) {
    return /** @type {any} */ (worker.process.stdio[3]);
  }

  /** @param {import('./coordinator').Job} job @param {number} id @param {boolean} more whether a spare will be needed */
  async runJob(job, id, more) {
    const worker = this.spares.get(id) ?? this.start(id);
    this.spares.delete(id);
    const file = this.summary.addFile(job);
    const output = this.lanes > 1 ? collectOutput(worker.process) : null;
    const watch = new StuckWatch(worker.process);
    let done = false;
    let headed = job.style === 'default';
    const channel = this.channel(worker);
    const closed = new Promise((resolve) => channel.once('close', resolve));
    readLines(channel, (event) => {
      watch.see(event);
      if (event.event === 'end') done = true;
      if (event.event === 'headed') headed = true;
      this.summary.take(file, event);
    });
    channel.write(`${JSON.stringify({ ...job, bail: this.summary.bailLeft })}\n`);
    if (more) this.spares.set(id, this.start(id));
    const how = await worker.ended;
    await Promise.race([closed, new Promise((resolve) => real.setTimeout(resolve, 500).unref())]);
    watch.stop();
    file.ms = real.now() - file.started;
    if (output) await output.flush();
    if (!done && !this.summary.aborted) this.reportCrash(job, file, watch.stuck, how, headed);
  }

  /**
   * @param {import('./coordinator').Job} job
   * @param {import('./summary').FileRecord} file
   * @param {{ path: string[], limit: number, line: number, ms: number } | null} stuck
   * @param {string} how
   * @param {boolean} headed
   */
  reportCrash(job, file, stuck, how, headed) {
    if (!headed) writeAll(2, `\n${job.title}:\n`);
    if (stuck) {
      const { path: names, limit, line, ms } = stuck;
      writeAll(
        2,
        `(fail) ${names.filter(Boolean).join(' > ')} [${ms.toFixed(2)}ms]\n  ^ this test timed out after ${limit}ms.\n`,
      );
      const failure = { type: 'TimeoutError', message: `test timed out after ${limit}ms` };
      this.summary.take(file, { event: 'result', status: 'fail', path: names, ms, line, assertions: 0, failure });
      return;
    }
    writeAll(2, `✗ ${job.title} (worker crashed: ${how})\n`);
    this.summary.take(file, { event: 'file-failed' });
  }
}

/** Ends a process that is stuck in a test that has a time limit, or after its last one. */
class StuckWatch {
  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.child = child;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    /** @type {{ path: string[], limit: number, line: number, ms: number } | null} */
    this.stuck = null;
  }

  /** @param {any} event */
  see(event) {
    this.stop();
    if (event.event === 'end' || event.event === 'abort') {
      this.timer = real.setTimeout(() => this.child.kill('SIGKILL'), END_GRACE);
      return;
    }
    if (event.event !== 'start' || !(event.limit > 0)) return;
    const started = real.now();
    this.timer = real.setTimeout(
      () => {
        this.stuck = { path: event.path, limit: event.limit, line: event.line, ms: real.now() - started };
        this.child.kill('SIGKILL');
      },
      event.limit + graceOf(event.limit),
    );
  }

  stop() {
    if (this.timer) real.clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** @param {Record<string, any>} flags */
function nodeFlags(flags) {
  const passed = ['--no-warnings'];
  for (const name of ['no-deprecation', 'throw-deprecation', 'trace-deprecation'])
    if (flags[name]) passed.push(`--${name}`);
  return [...process.execArgv, ...passed];
}

/** @param {import('node:net').Socket} channel @param {(event: any) => void} onEvent */
function readLines(channel, onEvent) {
  let rest = '';
  channel.setEncoding('utf8');
  channel.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = /** @type {string} */ (lines.pop());
    for (const line of lines) onEvent(JSON.parse(line));
  });
}

/** Keeps a worker's output together until its file is done. @param {import('node:child_process').ChildProcess} child */
function collectOutput(child) {
  /** @type {[number, Buffer][]} */
  const chunks = [];
  const ends = [
    /** @type {const} */ ([1, child.stdout]),
    /** @type {const} */ ([2, child.stderr]),
  ].map(
    ([fd, stream]) =>
      new Promise((resolve) => {
        stream?.on('data', (chunk) => chunks.push([fd, chunk]));
        stream?.once('close', resolve);
      }),
  );
  return {
    async flush() {
      await Promise.race([Promise.all(ends), new Promise((resolve) => real.setTimeout(resolve, 500).unref())]);
      for (const [fd, chunk] of chunks) writeAll(fd, /** @type {any} */ (chunk));
    },
  };
}

module.exports = { Workers };
