'use strict';

/**
 * The run-time half of standard decorators: `crates/transpiler/src/decorators.rs` writes the calls.
 *
 * @see https://github.com/tc39/proposal-decorators
 */

/**
 * @typedef {object} Element
 * @property {'field' | 'method' | 'getter' | 'setter' | 'accessor'} kind
 * @property {boolean} isStatic
 * @property {Function[]} decorators
 * @property {PropertyKey} key
 * @property {any} access given for private elements
 * @property {{ get: Function, set: Function }} [pair] what a private accessor does
 * @property {symbol} [carrier] the name under which a private element's decorators or the element itself came
 * @property {Function} [held] what a private method became
 * @property {Function[]} initializers of the field's value
 * @property {Function[]} after what `addInitializer` was given
 */

/** @param {Function[]} classDecorators */
function decorators(classDecorators) {
  /** @type {Map<number, Element>} */
  const elements = new Map();
  const metadata = Object.create(null);
  /** @type {Function[]} */
  const afterClass = [];
  const find = (/** @type {number} */ index) => /** @type {Element} */ (elements.get(index));

  return {
    /**
     * @param {number} index
     * @param {Element['kind']} kind
     * @param {boolean} isStatic
     * @param {Function[]} list
     * @param {any} name
     * @param {any} [access]
     * @param {{ get: Function, set: Function }} [pair]
     */
    element(index, kind, isStatic, list, name, access, pair) {
      const key = typeof name === 'symbol' ? name : String(name);
      const carrier = access && Symbol(String(key));
      elements.set(index, {
        kind,
        isStatic,
        decorators: list,
        key,
        access,
        pair,
        carrier,
        initializers: [],
        after: [],
      });
      return carrier ?? key;
    },
    /** @param {number} index */
    key: (index) => find(index).key,
    /** @param {number} index */
    pair: (index) => /** @type {any} */ (find(index).pair),
    /** @param {number} index */
    held: (index) => find(index).held,
    /** @param {any} target the class @param {string} name */
    apply(target, name) {
      if (name) Object.defineProperty(target, 'name', { value: name, configurable: true });
      const all = [...elements.values()];
      for (const { carrier, kind } of all) if (carrier && !isMethod(kind)) delete target[carrier];
      const inOrder = [
        ...all.filter(({ kind, isStatic }) => kind !== 'field' && isStatic),
        ...all.filter(({ kind, isStatic }) => kind !== 'field' && !isStatic),
        ...all.filter(({ kind, isStatic }) => kind === 'field' && isStatic),
        ...all.filter(({ kind, isStatic }) => kind === 'field' && !isStatic),
      ];
      for (const element of inOrder) decorate(element, element.isStatic ? target : target.prototype, metadata);
      let result = target;
      for (const decorator of classDecorators.toReversed?.() ?? [...classDecorators].reverse()) {
        const context = { kind: 'class', name: name || target.name || '', metadata, ...adder(afterClass) };
        result = check(decorator.call(undefined, result, context), 'function', result);
      }
      const { metadata: symbol } = /** @type {any} */ (Symbol);
      if (symbol) Object.defineProperty(result, symbol, { value: metadata, writable: true, configurable: true });
      for (const { kind, isStatic, after } of all) if (isStatic && isMethod(kind)) run(after, target);
      return result;
    },
    /** Before the fields of an instance. @param {any} instance */
    construct(instance) {
      for (const { kind, isStatic, after } of elements.values()) if (!isStatic && isMethod(kind)) run(after, instance);
    },
    /** @param {number} index @param {any} owner @param {unknown} value */
    init: (index, owner, value) =>
      find(index).initializers.reduce((before, initializer) => initializer.call(owner, before), value),
    /** @param {number} index @param {any} owner */
    after: (index, owner) => run(find(index).after, owner),
    /** @param {any} target */
    end: (target) => run(afterClass, target),
  };
}

/** @param {Element} element @param {any} owner the class or its prototype @param {object} metadata */
function decorate(element, owner, metadata) {
  const { kind, isStatic, key, initializers, after } = element;
  const descriptor = element.pair ?? (kind === 'field' ? undefined : ownDescriptor(element, owner));
  const context = {
    kind,
    name: key,
    metadata,
    static: isStatic,
    private: element.access !== undefined,
    access: element.access ?? accessOf(kind, key),
    ...adder(after),
  };
  for (const decorator of [...element.decorators].reverse()) {
    if (typeof decorator !== 'function') throw new TypeError(`${String(decorator)} is not a function`);
    if (kind === 'field') {
      const given = check(decorator.call(undefined, undefined, context), 'function', undefined);
      if (given) initializers.unshift(given);
    } else if (kind === 'accessor') {
      const { get, set } = /** @type {PropertyDescriptor} */ (descriptor);
      const given = check(decorator.call(undefined, { get, set }, context), 'object', undefined);
      if (given?.init) initializers.unshift(given.init);
      Object.assign(/** @type {any} */ (descriptor), { get: given?.get ?? get, set: given?.set ?? set });
    } else {
      const slot = kind === 'getter' ? 'get' : kind === 'setter' ? 'set' : 'value';
      const own = /** @type {any} */ (descriptor);
      own[slot] = check(decorator.call(undefined, own[slot], context), 'function', own[slot]);
    }
  }
  if (!descriptor || element.pair) return;
  if (element.carrier) element.held = descriptor.value ?? descriptor.get ?? descriptor.set;
  else Object.defineProperty(owner, key, /** @type {PropertyDescriptor} */ (descriptor));
}

/** What the class body defined; of a private method nothing stays but the private name. @param {Element} element @param {any} owner */
function ownDescriptor({ kind, key, carrier }, owner) {
  if (!carrier) return Object.getOwnPropertyDescriptor(owner, key);
  const descriptor = /** @type {any} */ (Object.getOwnPropertyDescriptor(owner, carrier));
  delete owner[carrier];
  const prefix = kind === 'getter' ? 'get ' : kind === 'setter' ? 'set ' : '';
  const method = descriptor.value ?? descriptor.get ?? descriptor.set;
  Object.defineProperty(method, 'name', { value: prefix + String(key), configurable: true });
  return descriptor;
}

/** @param {string} kind @param {PropertyKey} key */
function accessOf(kind, key) {
  const access = /** @type {any} */ ({ has: (/** @type {any} */ object) => key in object });
  if (kind !== 'setter') access.get = (/** @type {any} */ object) => object[key];
  if (kind !== 'method' && kind !== 'getter') {
    access.set = (/** @type {any} */ object, /** @type {unknown} */ value) => {
      object[key] = value;
    };
  }
  return access;
}

/** @param {Function[]} list */
function adder(list) {
  return {
    addInitializer(/** @type {Function} */ initializer) {
      if (typeof initializer !== 'function') throw new TypeError('An initializer must be a function');
      list.push(initializer);
    },
  };
}

/** @param {any} given @param {'function' | 'object'} type @param {any} otherwise */
function check(given, type, otherwise) {
  if (given === undefined) return otherwise;
  if (typeof given !== type || given === null)
    throw new TypeError(type === 'function' ? 'Function expected' : 'Object expected');
  return given;
}

/** @param {string} kind */
function isMethod(kind) {
  return kind !== 'field' && kind !== 'accessor';
}

/** @param {Function[]} list @param {any} owner */
function run(list, owner) {
  for (const initializer of list) initializer.call(owner);
}

/** @type {PropertyKey} */
let lastKey;

/** The key of an accessor field, evaluated once for its getter and its setter. @param {...any} given */
function keyOf(...given) {
  if (given.length) lastKey = typeof given[0] === 'symbol' ? given[0] : String(given[0]);
  return lastKey;
}

module.exports = { decorators, keyOf };
