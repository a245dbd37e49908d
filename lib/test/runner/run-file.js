'use strict';

const { pathToFileURL } = require('node:url');
const state = require('../state');
const { Scope } = require('../scope');
const { Executor } = require('../execute');
const { collect, select, shuffle } = require('../select');
const { attempt } = require('../attempt');
const { Report, writeAll } = require('./report');
const real = require('../real-time');
const { prepare, PreloadMissing } = require('../../cli/prepare');
const { generator } = require('./random');

/** @typedef {import('./coordinator').Job} Job */

/** `import` that takes a path; the loader hooks see it like any other. @param {string} file */
const load = (file) => import(pathToFileURL(file).href);

/**
 * Runs one test file in this process and ends the process.
 *
 * @param {Job} job
 * @param {(event: object) => void} tell
 */
async function runFile(job, tell) {
  Object.assign(state.options, job.options, {
    pattern: job.options.pattern === null ? null : new RegExp(job.options.pattern),
  });
  state.defaultTimeout = job.options.timeout;
  state.file = job.file;
  require('../clock').install();
  require('../globals').install();
  const report = new Report({ ...job, bail: job.bail }, tell);
  const executor = new Executor(report);
  const coverage = job.coverage ? require('./collect-coverage').startCoverage(job.coverage.emitted) : null;
  state.report = report;
  catchStrays(report);
  report.begin();
  if (await loadAll(job, report, tell)) await runTree(job, report, executor, tell);
  await require('../snapshot').save();
  if (coverage) tell({ event: 'coverage', files: await coverage.take() });
  tell({
    event: 'end',
    assertions: state.assertions,
    snapshots: state.snapshots,
    bailed: executor.stopped,
  });
  process.exit(0);
}

/** Errors that no test caught fail the running one. @param {import('./report').FileReport} report */
function catchStrays(report) {
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (process.listenerCount('uncaughtException') > 0) {
      process.emit('uncaughtException', error, 'uncaughtException');
      return;
    }
    const running = attempt();
    if (running?.interrupt) running.interrupt({ kind: 'error', error });
    else report.unhandled(error);
    state.strays++;
  });
  require('../../internal/handled-failure').onFailure((error) => {
    const running = attempt();
    running?.interrupt?.({ kind: 'error', error });
    return running?.interrupt !== undefined;
  });
}

/** @param {Job} job @param {import('./report').FileReport} report @param {(event: object) => void} tell @returns {Promise<boolean>} whether the file can run */
async function loadAll(job, report, tell) {
  state.phase = 'collect';
  state.strays = 0;
  /** @param {unknown} error */
  const refuse = (error) => {
    report.unhandled(error, true);
    report.failFile(error);
    return false;
  };
  const file = new Scope(state.root, '');
  try {
    await prepare(job.flags, { main: job.file, mockable: true, section: job.section });
    process.argv[1] = job.file;
    state.root.children.push(file);
    state.scope = file;
    require('../../loader/esm').ready();
    await load(job.file);
    await new Promise((resolve) => real.turn(() => resolve(undefined)));
    await require('../module-mock').settled();
  } catch (error) {
    if (error instanceof PreloadMissing) {
      writeAll(2, `error: ${error.message}\n`);
      tell({ event: 'abort' });
      process.exit(1);
    }
    return refuse(error);
  }
  if (state.strays > 0) {
    report.failFile(undefined);
    return false;
  }
  await collect(file, (error) => report.unhandled(error));
  return true;
}

/** @param {Job} job @param {import('./report').FileReport} report @param {InstanceType<typeof Executor>} executor @param {(event: object) => void} tell */
async function runTree(job, report, executor, tell) {
  const removed = select(state.root);
  if (removed > 0) tell({ event: 'filtered', count: removed });
  if (state.options.randomize) shuffle(state.root, generator(job.seed));
  state.phase = 'run';
  if (state.root.children.length > 0) await executor.runScope(state.root);
  state.phase = 'idle';
}

module.exports = { runFile };
