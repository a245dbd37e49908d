'use strict';

const { UsageError } = require('./flags');

const rejectionModes = ['strict', 'throw', 'warn', 'none', 'warn-with-error-code'];

/**
 * Flags that Bun shares with Node and that Node lets a running process set.
 *
 * @param {Record<string, any>} flags
 */
function apply(flags) {
  if (flags['expose-gc']) exposeGc();
  if (flags['no-deprecation']) process.noDeprecation = true;
  if (flags['throw-deprecation']) process.throwDeprecation = true;
  if (flags['trace-deprecation']) process.traceDeprecation = true;
  if (flags['no-warnings']) process.removeAllListeners('warning');
  if (flags['dns-result-order']) require('node:dns').setDefaultResultOrder(flags['dns-result-order']);
  if (flags['unhandled-rejections'] !== undefined) setRejectionMode(flags['unhandled-rejections']);
  if (flags.title) process.title = flags.title;
  for (const name of ['inspect', 'inspect-wait', 'inspect-brk']) if (flags[name]) openInspector(name, flags[name]);
}

/** @param {string} mode */
function setRejectionMode(mode) {
  if (!rejectionModes.includes(mode)) {
    const known = rejectionModes.map((name) => `"${name}"`).join(', ');
    throw new UsageError(`Invalid value for --unhandled-rejections: "${mode}". Must be one of ${known}`);
  }
  require('../internal/runtime').unhandledRejections = /** @type {any} */ (mode);
}

function exposeGc() {
  require('node:v8').setFlagsFromString('--expose-gc');
  Object.defineProperty(globalThis, 'gc', {
    value: require('node:vm').runInNewContext('gc'),
    writable: true,
    configurable: true,
  });
}

/** @param {string} name @param {string | true} address `[HOST:]PORT` */
function openInspector(name, address) {
  const inspector = require('node:inspector');
  const given = address === true ? '' : address;
  const [, host, port] = /^(?:(.*):)?(\d+)$/.exec(given) ?? ['', given, '9229'];
  require('../web/console').attach();
  inspector.open(Number(port), host || undefined, name !== 'inspect');
  if (name === 'inspect-brk') debugger; // oxlint-disable-line no-debugger -- it is what the flag asks for
}

module.exports = { apply };
