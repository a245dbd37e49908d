'use strict';

/** Long texts as bodies. A page that is the same each time is encoded once: the engine keeps its bytes. */

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

/** @param {InstanceType<typeof import('./call').Call>} call @param {string} text */
function writeLongText(call, text) {
  // Texts of different lengths are told apart at once, others at their first difference.
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

module.exports = { writeLongText };
