'use strict';

/**
 * What Bun's JavaScript engine has built in and V8 of this Node has not yet. Each is loaded when it is first used,
 * and none is touched where the engine has its own.
 *
 * @see https://tc39.es/ecma262/
 */

const { defineLazy } = require('../internal/lazy');

const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const asyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);

/** @type {[object, () => Record<PropertyKey, unknown>, PropertyKey[]][]} where, what has the members, their names */
const table = [
  [Promise, () => require('./promise'), ['withResolvers', 'try']],
  [Array, () => require('./array'), ['fromAsync']],
  [Object, () => require('./group').object, ['groupBy']],
  [Map, () => require('./group').map, ['groupBy']],
  [Map.prototype, () => require('./get-or-insert').map, ['getOrInsert', 'getOrInsertComputed']],
  [WeakMap.prototype, () => require('./get-or-insert').weakMap, ['getOrInsert', 'getOrInsertComputed']],
  [
    Set.prototype,
    () => require('./set'),
    ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'],
  ],
  [
    iteratorPrototype,
    () => require('./iterator').methods,
    [
      'map',
      'filter',
      'take',
      'drop',
      'flatMap',
      'reduce',
      'toArray',
      'forEach',
      'some',
      'every',
      'find',
      Symbol.dispose,
    ],
  ],
  // That of Node 22 and 24 has no `concat`; where there is none, ours comes with it.
  ['Iterator' in globalThis ? Iterator : {}, () => require('./iterator').statics, ['concat']],
  [asyncIteratorPrototype, () => require('./iterator').asyncMethods, [Symbol.asyncDispose]],
  [
    globalThis,
    () => ({ ...require('./dispose'), Iterator: require('./iterator').Iterator }),
    ['SuppressedError', 'DisposableStack', 'AsyncDisposableStack', 'Iterator'],
  ],
  [ArrayBuffer.prototype, () => require('./array-buffer'), ['transfer', 'transferToFixedLength']],
  [Uint8Array, () => require('./bytes').statics, ['fromBase64', 'fromHex']],
  [Uint8Array.prototype, () => require('./bytes').methods, ['toBase64', 'toHex', 'setFromBase64', 'setFromHex']],
  [RegExp, () => require('./escape'), ['escape']],
  [Error, () => require('./is-error'), ['isError']],
  [Math, () => require('./number'), ['f16round', 'sumPrecise']],
  [DataView.prototype, () => require('./number').dataView, ['getFloat16', 'setFloat16']],
];

/** Puts on what is missing; a second call changes nothing. */
function installLanguage() {
  for (const [target, load, names] of table) {
    const missing = names.filter((name) => !(name in target));
    if (missing.length === 0) continue;
    defineLazy(target, Object.fromEntries(missing.map((name) => [name, () => load()[name]])), { enumerable: false });
  }
}

module.exports = { installLanguage };
