'use strict';

/** How Bun names objects, functions and classes. */

const { read } = require('./properties');

const CLASS = /^class\b/;
const NATIVE = /\{\s*\[native code\]\s*\}$/;
const { toString } = Function.prototype;

/**
 * The name that stands before the brace, empty for plain objects.
 *
 * @param {object} object
 * @returns {string}
 */
function objectName(object) {
  const prototype = Object.getPrototypeOf(object);
  let name = constructorName(Object.getOwnPropertyDescriptor(object, 'constructor'));
  if (name === '' || name === 'Object') {
    for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
      const descriptor = Object.getOwnPropertyDescriptor(at, 'constructor');
      if (descriptor === undefined) continue;
      name = constructorName(descriptor);
      break;
    }
  }
  if (name !== '' && name !== 'Object') return name;
  const tag = Object.getOwnPropertyDescriptor(object, Symbol.toStringTag) ?? inherited(prototype);
  if (typeof tag?.value === 'string' && tag.value !== '' && tag.value !== 'Object') return tag.value;
  return prototype === null ? '[Object: null prototype]' : '';
}

/** @param {object | null} prototype @returns {PropertyDescriptor | undefined} */
function inherited(prototype) {
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, Symbol.toStringTag);
    if (descriptor) return at === prototypeOfGenerators ? undefined : descriptor;
  }
  return undefined;
}

const prototypeOfGenerators = Object.getPrototypeOf(function* () {}).prototype;

/** @param {PropertyDescriptor | undefined} descriptor */
function constructorName(descriptor) {
  return typeof descriptor?.value === 'function' ? ownName(descriptor.value) : '';
}

/** @param {Function} callable @returns {string} */
function ownName(callable) {
  const value = Object.getOwnPropertyDescriptor(callable, 'name')?.value;
  return typeof value === 'string' ? value : '';
}

/**
 * `[Function: f]`, `[class A extends B]`, `[AsyncFunction]`, …
 *
 * @param {Function} callable
 * @returns {string}
 */
function functionTitle(callable) {
  let source;
  try {
    source = toString.call(callable);
  } catch {
    source = '';
  }
  if (isClass(callable, source)) return classTitle(callable);
  let name = ownName(callable).replace(/^(bound )+/, '');
  if (!NATIVE.test(source) && name.startsWith('[')) name = ''; // Bun does not name computed keys
  const kind = kindOf(callable);
  return name === '' ? `[${kind}]` : `[${kind}: ${name}]`;
}

/** @param {Function} callable @param {string} source */
function isClass(callable, source) {
  if (CLASS.test(source) || callable === Buffer) return true;
  if (!NATIVE.test(source) || callable === Promise || callable === Symbol || callable === BigInt) return false;
  if (callable === Proxy) return true;
  const prototype = Object.getOwnPropertyDescriptor(callable, 'prototype');
  return prototype !== undefined && !prototype.writable;
}

/** @param {Function} callable */
function classTitle(callable) {
  const parent = Object.getPrototypeOf(callable);
  const parentName = typeof parent === 'function' && parent !== Function.prototype ? ownName(parent) : '';
  return `[class ${ownName(callable) || '(anonymous)'}${parentName && ` extends ${parentName}`}]`;
}

/** @param {Function} callable */
function kindOf(callable) {
  const tag = read(Object.getPrototypeOf(callable), Symbol.toStringTag);
  return tag === 'AsyncFunction' || tag === 'GeneratorFunction' || tag === 'AsyncGeneratorFunction' ? tag : 'Function';
}

module.exports = { objectName, functionTitle };
