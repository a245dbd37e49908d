'use strict';

/**
 * Long texts as bodies. A page that is the same each time is encoded once: the engine keeps its bytes. It has those of a
 * text that a request has just brought, too, which is not encoded again when it goes out as it came.
 */

const { engine } = require('./native');

/** So many texts are remembered; `KEPT` in crates/web/src/server/engine.rs. */
const PLACES = 4;
/** And up to this length: looking through a longer one that is equal, but another string, costs more than encoding it. */
const LONGEST = 256 * 1024;

/** The last long texts, by the place of their bytes in the engine. @type {string[]} */
const texts = [];
/** Whether the engine has the bytes: from the second time on. @type {boolean[]} */
const kept = [];
let next = 0;

/** What requests have brought in this batch, and the numbers of the requests. @type {string[]} */
const taken = [];
/** @type {number[]} */
const numbers = [];
const settled = Promise.resolve();

function forget() {
  taken.length = 0;
  numbers.length = 0;
}

/** A tick that is asked for by a microtask comes when there are no more of them. */
const afterMicrotasks = () => process.nextTick(forget);

/** Remembers a text until the handlers that wait for it have had their turn. @param {string} text @param {number} number of its request */
function noteTaken(text, number) {
  numbers.push(number);
  if (taken.push(text) === 1) settled.then(afterMicrotasks);
}

/** @param {InstanceType<typeof import('./call').Call>} call @param {string} text */
function writeLongText(call, text) {
  // Texts of different lengths are told apart at once, others at their first difference.
  const source = taken.indexOf(text);
  if (source !== -1 && engine().writeTaken(call.slot, call.seq, numbers[source]) !== 0) return;
  const place = texts.indexOf(text);
  if (place === -1) {
    if (text.length <= LONGEST) {
      texts[next] = text;
      kept[next] = false;
      next = (next + 1) % PLACES;
    }
    engine().writeText(call.slot, call.seq, text);
    return;
  }
  if (!kept[place]) {
    engine().keepText(place, text);
    kept[place] = true;
  }
  engine().writeKept(call.slot, call.seq, place);
}

module.exports = { writeLongText, noteTaken };
