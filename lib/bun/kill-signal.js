'use strict';

/**
 * Signals by name and number, with Bun's errors.
 */

const os = require('node:os');
const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_UNKNOWN_SIGNAL = codeError(TypeError, 'ERR_UNKNOWN_SIGNAL', (signal) => `Unknown signal: ${signal}`);
const SIGTERM = 15;
const END = 32;

/** @type {Map<number, string> | undefined} */
let names;

/** @param {number} number @returns {string | number} its name, or the number itself when it has none */
function signalName(number) {
  if (!names) {
    names = new Map();
    for (const [name, value] of Object.entries(os.constants.signals)) if (!names.has(value)) names.set(value, name);
    names.set(os.constants.signals.SIGABRT, 'SIGABRT');
  }
  return names.get(number) ?? number;
}

/** @param {unknown} signal @param {boolean} [zero] whether 0, the test for life, is taken @returns {number} */
function signalNumber(signal, zero = false) {
  if (signal == null || signal === '' || Number.isNaN(signal)) return SIGTERM;
  if (typeof signal === 'string') {
    const number = /** @type {Record<string, number>} */ (os.constants.signals)[signal];
    if (number === undefined) throw ERR_INVALID_ARG_TYPE(`signal must be one of ${list()}`);
    return number;
  }
  if (typeof signal !== 'number') throw ERR_INVALID_ARG_TYPE('Invalid signal: must be a string or an integer');
  if (!Number.isInteger(signal)) throw ERR_INVALID_ARG_TYPE('Unknown signal');
  if (signal < 0) throw ERR_INVALID_ARG_TYPE('Invalid signal: must be >= 0');
  if (signal >= END) throw ERR_INVALID_ARG_TYPE('Invalid signal: must be < 32');
  if (signal === 0 && !zero) throw ERR_UNKNOWN_SIGNAL(0);
  return signal;
}

function list() {
  const shown = [];
  for (let number = 1; number < END; number++) shown.push(`'${signalName(number)}'`);
  return `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

module.exports = { signalNumber, signalName };
