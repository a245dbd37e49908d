'use strict';

const { types } = require('node:util');

/** Classes of the host's. Their objects hold what properties do not show. */
const HOST_CLASSES = new Set(
  `AbortController AbortSignal Blob BroadcastChannel BuildMessage ByteLengthQueuingStrategy CloseEvent CompressionStream
  CountQueuingStrategy Crypto CryptoKey CustomEvent DecompressionStream ErrorEvent Event EventTarget File FormData
  HTMLRewriter Headers MessageChannel MessageEvent MessagePort Performance PerformanceEntry PerformanceMark
  PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming
  ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
  ReadableStreamDefaultController ReadableStreamDefaultReader Request ResolveMessage Response SubtleCrypto TextDecoder
  TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController URL URLPattern
  URLSearchParams WebSocket Worker WritableStream WritableStreamDefaultController WritableStreamDefaultWriter`.split(
    /\s+/,
  ),
);

/** Such objects of the engine's as it can tell by itself. */
const EXOTIC = [
  types.isPromise,
  types.isWeakMap,
  types.isWeakSet,
  types.isMapIterator,
  types.isSetIterator,
  types.isGeneratorObject,
  types.isModuleNamespaceObject,
  types.isExternal,
];

const prototypeOf = Object.getPrototypeOf;

/** Prototypes of such objects of the engine's as it cannot. @type {Set<object> | undefined} */
let engines;
function engineClasses() {
  const { WebAssembly, DisposableStack, AsyncDisposableStack } = /** @type {any} */ (globalThis);
  const classes = [WeakRef, FinalizationRegistry, DisposableStack, AsyncDisposableStack];
  for (const namespace of [Intl, WebAssembly]) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(namespace))) classes.push(value);
  }
  const iterator = /** @type {any} */ ([].values());
  const prototypes = [iterator, ''[Symbol.iterator](), ''.matchAll(/x/g), iterator.map?.(String)].map(
    (each) => each && prototypeOf(each),
  );
  for (const each of classes) if (typeof each === 'function' && each.prototype) prototypes.push(each.prototype);
  return new Set(prototypes.filter(Boolean));
}

/** Of no class and still not plain: namespaces, and prototypes of the engine's classes. @type {Set<object> | undefined} */
let singular;
function singularObjects() {
  const { WebAssembly } = /** @type {any} */ (globalThis);
  const classes = [Map, Set, WeakMap, WeakSet, Promise, Date, RegExp, Symbol, ArrayBuffer, SharedArrayBuffer, DataView];
  const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError];
  const prototypes = [...classes, ...errors].map((each) => each.prototype);
  return new Set([globalThis, Math, JSON, Reflect, Atomics, Intl, WebAssembly, console, process, ...prototypes]);
}

/** @param {object} proto */
function isOfHost(proto) {
  const own = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
  if (typeof own !== 'function' || own.prototype !== proto || !HOST_CLASSES.has(own.name)) return false;
  const known = /** @type {any} */ (globalThis)[own.name]?.prototype;
  // Some of ours inherit from Node's.
  return known === proto || Object.prototype.isPrototypeOf.call(proto, known ?? null);
}

/**
 * Whether properties are all that an object has. It is no array, map, set, date, expression, error or buffer, nor a
 * value as an object.
 *
 * @param {object} value
 * @param {object | null} proto its prototype
 */
function isPlainObject(value, proto) {
  if (types.isProxy(value) || types.isArgumentsObject(value)) return false;
  singular ??= singularObjects();
  if (singular.has(value)) return false;
  if (proto === Object.prototype) return true;
  for (const is of EXOTIC) if (is(value)) return false;
  for (; proto && proto !== Object.prototype; proto = prototypeOf(proto)) {
    engines ??= engineClasses();
    if (engines.has(proto) || isOfHost(proto)) return false;
  }
  return true;
}

module.exports = { isPlainObject };
