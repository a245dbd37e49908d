'use strict';

/**
 * The engine's loop in this environment, and the memory that batches cross in. Opened by the
 * first server; it costs nothing while no server listens.
 */

const { native } = require('../../internal/native');

/** Ints in a record; `RECORD` in crates/web/src/server/inbound.rs. */
const RECORD = 8;
const RECORDS = 1024;
const BYTES = 256 * 1024;

/** Records of what happened, valid during a call of `dispatch`. */
const incoming = new Int32Array(RECORD * RECORDS);
/** Count of answers, bytes used, then their records. */
const outgoing = new Int32Array(RECORD * (RECORDS + 1));
/** Headers and bodies of the answers. */
const bytes = Buffer.allocUnsafeSlow(BYTES);

/** @type {any} */
let calls = null;

/** The calls of src/web/calls.rs. @returns {any} */
function engine() {
  if (calls === null) {
    const { dispatch } = require('./dispatch');
    calls = native('web-core', 'web').open(dispatch, incoming, outgoing, new Uint8Array(bytes.buffer, 0, BYTES));
  }
  return calls;
}

module.exports = { engine, incoming, outgoing, bytes, RECORD, RECORDS };
