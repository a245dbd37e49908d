'use strict';

/** CSI, OSC/DCS/SOS/PM/APC up to their terminator, and the other escapes of ECMA-48; also their C1 forms. */
// eslint-disable-next-line no-control-regex
const SEQUENCE =
  /(?:\u001B\[|\u009B)[\u0030-\u003F]*[\u0020-\u002F]*(?:[\u0040-\u007E]|(?=[^])|$)|(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C|$)?|\u001B[\u0020-\u002F]*[\u0030-\u007E]?/g;
// eslint-disable-next-line no-control-regex
const START = /[\u001B\u0090\u0098\u009B\u009D-\u009F]/;

/**
 * `Bun.stripANSI`: text without the escape sequences of terminals.
 *
 * @see https://bun.com/docs/runtime/utils#bun-stripansi
 * @param {unknown} value made a string first
 * @returns {string}
 */
function stripANSI(value) {
  const text = typeof value === 'string' ? value : `${value}`;
  return START.test(text) ? text.replace(SEQUENCE, '') : text;
}

module.exports = stripANSI;
