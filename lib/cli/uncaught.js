'use strict';

/**
 * Errors that nobody catches are printed as Bun prints them: with the source line, `error: message`
 * and the stack. Rejections that nobody handles end the process, whatever listens to
 * `uncaughtException`, unless `--unhandled-rejections` says otherwise. `exit` events and the exit code
 * are Node's.
 */

const runtime = require('../internal/runtime');
const release = require('../bun/version');

/** Frames of this command line and of Node's module loading, which the program did not write. */
const root = require('node:path')
  .join(__dirname, '..')
  .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const ownFrames = new RegExp(`\\n +at [^\\n]*(?:${root}|node:internal/)[^\\n]*`, 'g');

/** Node's own handling of what nobody caught. @type {((error: unknown, fromPromise: boolean) => boolean) | undefined} */
let ofNode;

/**
 * The program's first module threw, or an `await` of it did: an uncaught exception, though ours is a
 * rejected promise.
 *
 * @param {unknown} error
 * @param {boolean} isModule an ECMAScript module, whose failure has the origin `unhandledRejection`
 */
function entryFailed(error, isModule) {
  if (!ofNode) throw error;
  if (runtime.hotServers) return print(error);
  if (!ofNode.call(process, error, isModule)) /** @type {any} */ (process).reallyExit(process.exitCode ?? 1);
}

function install() {
  const process_ = /** @type {any} */ (process);
  const fatal = process_._fatalException;
  if (typeof fatal !== 'function') return; // Node prints
  ofNode = fatal;
  decideRejections();
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') === 0 && !process.hasUncaughtExceptionCaptureCallback())
      print(error);
  });
  process_._fatalException = function fatalException(/** @type {unknown} */ error, /** @type {boolean} */ fromPromise) {
    // With `--hot` the next edit may mend it. A listener has Node clean up after it.
    if (runtime.hotServers && process.listenerCount('uncaughtException') === 0)
      process.once('uncaughtException', print);
    else if (fromPromise && runtime.unhandledRejections === undefined && !process.hasUncaughtExceptionCaptureCallback())
      return endByRejection(error);
    if (fatal.call(process, error, fromPromise)) return true;
    // False makes Node print the error, in its own way, and exit.
    return process_.reallyExit(process.exitCode ?? 1);
  };
}

/** @param {unknown} error */
function print(error) {
  require('./watch').waitForChange();
  const system =
    { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }[/** @type {string} */ (process.platform)] ?? process.platform;
  const trailer = `dx-compat v${require('../../package.json').version} (Bun v${release.version} API, Node ${process.version}, ${system} ${process.arch})`;
  require('node:fs').writeSync(2, `${describe(error)}\n\n${trailer}\n`);
}

/** Why a promise was rejected: for what is no error, Node makes one that has the text of it only. @type {unknown} */
let reason;

/** Prints it and ends the process. @param {unknown} error */
function endByRejection(error) {
  process.emit('uncaughtExceptionMonitor', /** @type {Error} */ (error), 'unhandledRejection');
  if (process.listenerCount('uncaughtException') > 0) print(error);
  process.exit(process.exitCode || 1);
}

/** Node tells of a rejection that nobody handled by an event, and throws it when nobody listens. */
function decideRejections() {
  const { emit } = process;
  process.emit = /** @type {any} */ (
    /** @this {NodeJS.Process} @param {string} name @param {unknown[]} values */
    function (name, ...values) {
      const proceed = () => /** @type {any} */ (emit).call(this, name, ...values);
      if (name !== 'unhandledRejection') return proceed();
      [reason] = values;
      return decideRejection(proceed);
    }
  );
}

/** @param {() => boolean} tell emits the event @returns {boolean} false: Node throws the rejection */
function decideRejection(tell) {
  switch (runtime.unhandledRejections) {
    case 'strict':
      /** @type {any} */ (process)._fatalException(reason, true);
      if (!tell()) warn();
      return true;
    case 'warn':
      tell();
      warn();
      return true;
    case 'none':
      tell();
      return true;
    case 'warn-with-error-code':
      if (tell()) return true;
      warn();
      process.exitCode = 1;
      return true;
    default:
      return tell();
  }
}

function warn() {
  const name = 'UnhandledPromiseRejectionWarning';
  process.emitWarning(reason instanceof Error && reason.stack ? reason.stack : String(reason), name);
  process.emitWarning(
    'Unhandled promise rejection. This error originated either by throwing inside of an async function without a ' +
      'catch block, or by rejecting a promise which was not handled with .catch(). To terminate the bun process on ' +
      'unhandled promise rejection, use the CLI flag `--unhandled-rejections=strict`.',
    name,
  );
}

/** @param {any} error @returns {string} */
function describe(error) {
  if (error?.code === 'ERR_UNHANDLED_REJECTION' && !(reason instanceof Error)) error = reason;
  if (error?.name === 'ResolveMessage' || error?.name === 'BuildMessage') require('../loader/messages').adopt(error);
  const inspect = /** @type {any} */ (globalThis).Bun?.inspect ?? require('node:util').inspect;
  const text = inspect(error, { colors: process.stderr.isTTY && !process.env.NO_COLOR });
  if (error instanceof Error) return text.replaceAll(ownFrames, '').trimEnd() + moduleOf(error);
  if (typeof error === 'object' && error !== null) return `error\n${text}`;
  const bare = typeof error === 'string' ? error : text;
  return `error: ${bare}\n${bare}`;
}

/** The file of an ES module that V8 refuses: nothing in the error says it. @param {Error} error */
function moduleOf(error) {
  const stack = String(error.stack);
  if (!(error instanceof SyntaxError) || !/^SyntaxError: .*\n +at compileSourceTextModule /.test(stack)) return '';
  // On Node < 22.15 another thread has what is imported.
  if (
    typeof (/** @type {any} */ (require('node:module')).registerHooks) !== 'function' &&
    !stack.includes('loadESMFromCJS')
  )
    return '';
  const file = require('../loader/load').lastHandedOver();
  return file ? `\n      at ${file}` : '';
}

module.exports = { install, entryFailed };
