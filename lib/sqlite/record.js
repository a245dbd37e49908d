'use strict';

/**
 * Binds the values of a plain object by a function that is generated for the names of a statement's
 * parameters: reading known properties is an inline cache each, and nothing is collected in between.
 */

const encoding = require('./encode');
const { TEXT, words, doubles } = require('./exchange');
const { Interrupted } = require('./failed-binding');
const { mayLack } = require('./parameters');
const { putSource } = require('./put-source');

/** Functions kept for statements with the same parameters. */
const KEPT = 256;
/** @type {Map<string, Binder | undefined>} */
const kept = new Map();

/** @typedef {(record: any, big: boolean) => any[] | undefined} Binder as `encode` */

/** @param {any} cause @param {any[]} read */
function interrupted(cause, read) {
  return new Interrupted(cause, read);
}

/** The values that the buffer does not hold. @param {any[]} values @param {boolean} big */
function listed(values, big) {
  try {
    return encoding.checked(values, big);
  } catch (error) {
    throw new Interrupted(error, values);
  }
}

/**
 * @param {import('./parameters').Key[]} keys
 * @param {boolean} strict
 * @returns {Binder | undefined} none where code generation is forbidden
 */
function binderOf(keys, strict) {
  const id = JSON.stringify([strict, keys]);
  if (kept.has(id)) return kept.get(id);
  /** @type {Binder | undefined} */
  let made;
  try {
    const make = new Function('E', 'W', 'D', 'floor', 'P', 'hasOwn', 'I', 'mayLack', 'listed', source(keys, strict));
    made = make(encoding, words, doubles, Math.floor, Object.prototype, Object.hasOwn, interrupted, mayLack, listed);
  } catch {
    // --disallow-code-generation-from-strings
  }
  if (kept.size >= KEPT) kept.clear();
  kept.set(id, made);
  return made;
}

/**
 * A property that reads as something else than undefined is the object's own if `Object.prototype` has none of that
 * name: only otherwise `hasOwn` is asked.
 *
 * @param {import('./parameters').Key[]} keys
 * @param {boolean} strict
 */
function source(keys, strict) {
  const read = keys.map((_, index) => `v${index}`);
  const reads = keys.map(({ first, second, missing }, index) => {
    const [a, b, v] = [JSON.stringify(first), JSON.stringify(second), `v${index}`];
    const otherwise = strict
      ? `if(mayLack(r,${JSON.stringify(missing)}))${v}=undefined;else throw new Error(${JSON.stringify(`Missing parameter "${missing}"`)})`
      : `${v}=undefined`;
    return (
      `k=${index};${v}=r[${a}];if((${v}===undefined||P[${a}]!==undefined)&&!(${a} in r&&hasOwn(r,${a}))){` +
      `${v}=r[${b}];if((${v}===undefined||P[${b}]!==undefined)&&!(${b} in r&&hasOwn(r,${b})))${otherwise};}`
    );
  });
  const puts = keys.map((_, index) => putSource(`v${index}`, index, `e=put(${index},v${index},e,big);`));
  return (
    `'use strict';const{put,finish}=E;return function(r,big){let k=0,${read};try{${reads.join('')}}catch(e){throw I(e,[${read}].slice(0,k))}` +
    `let e=${TEXT};${puts.join('')}return finish(${keys.length},e)?undefined:listed([${read}],big)}`
  );
}

module.exports = { binderOf };
