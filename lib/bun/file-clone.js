'use strict';

/**
 * Clones of `BunFile`s: as in Bun they name the file and read it when they are asked for.
 *
 * Node clones a `Blob` by its method `messaging_clone_symbol`, whose data reach `messaging_deserialize_symbol` of the
 * new one. What describes a file rides along with them. A thread without the polyfill gets the bytes.
 */

const { receiveFiles } = require('../web/extensions');

const { getOwnPropertySymbols } = Object;

/** Whether who clones is this thread's `structuredClone`, so that nobody needs the bytes. */
let here = 0;

/** @template T @param {() => T} clone @returns {T} */
function cloneHere(clone) {
  here += 1;
  try {
    return clone();
  } finally {
    here -= 1;
  }
}

/** @param {object} prototype @param {string} description @returns {{ owner: any, symbol: symbol } | undefined} */
function find(prototype, description) {
  for (let owner = prototype; owner; owner = Object.getPrototypeOf(owner)) {
    const symbol = getOwnPropertySymbols(owner).find((each) => each.description === description);
    if (symbol) return { owner, symbol };
  }
  return undefined;
}

/**
 * Lets files of a class be cloned.
 *
 * @param {any} prototype
 * @param {(file: any) => { description: object, snapshot: () => Blob }} describe
 */
function sendFiles(prototype, describe) {
  const method = find(prototype, 'messaging_clone_symbol');
  if (!method) return;
  const { symbol } = method;
  const ofNode = method.owner[symbol];
  Object.defineProperty(prototype, symbol, {
    /** @this {any} */
    value() {
      const { description, snapshot } = describe(this);
      const { data, deserializeInfo } = Reflect.apply(ofNode, here > 0 ? new Blob([]) : snapshot(), []);
      return { data: { ...data, bunFile: description }, deserializeInfo };
    },
    writable: true,
    configurable: true,
  });
  receiveFiles();
}

module.exports = { cloneHere, sendFiles };
