// Prints what a runtime has, one JSON array: run by real Bun and by Node with dx-compat (see ../surface.mjs).
// An entry is [group, path, type, length, name]; the last two are of functions.
'use strict';

const DEEPEST = 4;
const vm = require('node:vm');

/** Own properties of every function that say nothing about an API. */
const ofFunctions = new Set(['length', 'name', 'prototype', 'caller', 'arguments']);
/** What is the program's or the machine's, not the runtime's. */
const foreign = new Set([
  'import.meta.env',
  'import.meta.require',
  'Bun.argv',
  'Bun.env',
  'Bun.main',
  'globalThis.process.env',
  'globalThis.process.argv',
  'globalThis.Bun',
]);
/** What `expect()` gives is looked at instead; `expectTypeOf` is for the type checker and answers to any name. */
const byInstance = new Set(['bun:test.expect', 'bun:test.expectTypeOf']);

/** @type {[string, string, string, number?, string?][]} */
const entries = [];

/**
 * @param {string} group
 * @param {string} path
 * @param {any} holder
 * @param {PropertyKey[]} keys
 * @param {object[]} above what holds the holder
 */
function walk(group, path, holder, keys, above) {
  for (const key of keys) {
    const shown = typeof key === 'symbol' ? `[${key.description}]` : String(key);
    if (typeof key === 'symbol' && !key.description?.startsWith('Symbol.')) continue;
    const name = `${path}.${shown}`;
    const value = valueOf(holder, key);
    if (value === absent) continue;
    entries.push(
      typeof value === 'function' ? [group, name, 'function', value.length, value.name] : [group, name, kindOf(value)],
    );
    if (foreign.has(name) || above.includes(value) || above.length >= DEEPEST) continue;
    descend(memberGroup(group), name, value, [...above, holder]);
  }
}

/** @param {string} group */
function memberGroup(group) {
  return group === 'Bun' ? 'Bun: members' : group === 'globals' ? 'globals: members' : group;
}

/** @param {string} group @param {string} path @param {any} value @param {object[]} above */
function descend(group, path, value, above) {
  if (typeof value === 'function') {
    walk(
      group,
      path,
      value,
      Reflect.ownKeys(value).filter((key) => !ofFunctions.has(/** @type {string} */ (key))),
      above,
    );
    const { prototype } = value;
    if (prototype && typeof prototype === 'object' && !byInstance.has(path)) members(group, `${path}#`, prototype);
  } else if (isNamespace(value)) {
    walk(
      group,
      path,
      value,
      Reflect.ownKeys(value).filter((key) => typeof key === 'string'),
      above,
    );
  }
}

/** An object that groups an API: neither an instance of anything nor data. @param {any} value */
function isNamespace(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    prototype === Object.prototype ||
    value === process ||
    value === console ||
    Object.hasOwn(value, Symbol.toStringTag)
  );
}

/**
 * What instances have, without looking into it: getters of a prototype need an instance. What a class
 * inherits stands in a group of its own: it counts for who has it, not against who has it not.
 *
 * @param {string} group
 * @param {string} path
 * @param {any} prototype
 */
function members(group, path, prototype) {
  for (let level = prototype; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const key of Reflect.ownKeys(level)) {
      if (key === 'constructor' || (typeof key === 'symbol' && !key.description?.startsWith('Symbol.'))) continue;
      const { value } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(level, key));
      const name = `${path}${typeof key === 'symbol' ? `[${key.description}]` : key}`;
      const where = level === prototype ? group : 'inherited';
      entries.push(
        typeof value === 'function' ? [where, name, 'function', value.length, value.name] : [where, name, 'value'],
      );
    }
  }
}

const absent = Symbol('absent');

/** @param {any} holder @param {PropertyKey} key */
function valueOf(holder, key) {
  try {
    return holder[key];
  } catch {
    return absent; // an API that cannot even be read
  }
}

/** @param {unknown} value */
function kindOf(value) {
  return value === null ? 'null' : typeof value;
}

/** The objects that only a call gives. @type {Record<string, () => any>} */
const instances = {
  BunFile: () => Bun.file('/nowhere'),
  FileSink: () => Bun.file(require('node:path').join(require('node:os').tmpdir(), 'dx-compat-surface')).writer(),
  Server: () => keep(Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })),
  Subprocess: () => Bun.spawn(['true'], { stdio: ['ignore', 'ignore', 'ignore'] }),
  TCPSocketListener: () => keep(Bun.listen({ port: 0, hostname: '127.0.0.1', socket: { data() {} } })),
  UDPSocket: () => Bun.udpSocket({}),
  ShellPromise: () => Bun.$`true`.quiet(),
  Statement: () => new (require('bun:sqlite').Database)(':memory:').query('select 1'),
  SQL: () => new Bun.SQL('sqlite://:memory:'),
  S3File: () => Bun.S3Client.file('x', { accessKeyId: 'a', secretAccessKey: 'b', bucket: 'c' }),
  Request: () => new Request('http://localhost'),
  Response: () => new Response(''),
};

/** @type {{ stop(force?: boolean): void }[]} */
const servers = [];

/** @template {{ stop(force?: boolean): void }} T @param {T} server */
function keep(server) {
  servers.push(server);
  return server;
}

async function dumpInstances() {
  for (const [name, make] of Object.entries(instances)) {
    try {
      let instance = make();
      if (name === 'UDPSocket') instance = await instance;
      members('Bun: instances', `${name}#`, Object.getPrototypeOf(instance));
      if (name === 'UDPSocket') instance.close();
    } catch {
      // not there: none of its members is
    }
  }
  for (const server of servers) server.stop(true);
}

function dumpGlobals() {
  const language = new Set(vm.runInNewContext('Object.getOwnPropertyNames(globalThis)'));
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const group = language.has(name) && name !== 'globalThis' ? 'ECMAScript' : 'globals';
    if (!name.startsWith('__surface')) walk(group, 'globalThis', globalThis, [name], [globalThis]);
  }
}

/** @param {string} name */
async function dumpModule(name) {
  let namespace;
  try {
    namespace = await import(name);
  } catch {
    return;
  }
  // `default` has the same names again
  walk(
    name,
    name,
    namespace,
    Object.getOwnPropertyNames(namespace).filter((key) => key !== 'default'),
    [],
  );
  if (name !== 'bun:test') return;
  dumpMatchers('expect()', () => namespace.expect(1));
}

/** @param {string} path @param {() => any} make */
function dumpMatchers(path, make) {
  const seen = new Set();
  for (
    let level = make();
    level && level !== Object.prototype && level !== Function.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const key of Object.getOwnPropertyNames(level)) {
      if (key === 'constructor' || key.startsWith('_') || seen.has(key)) continue;
      seen.add(key);
      const isMethod = typeof Object.getOwnPropertyDescriptor(level, key)?.value === 'function';
      entries.push(['bun:test', `${path}#${key}`, isMethod ? 'function' : 'value']);
    }
  }
}

/** Bun lists none of them. @see bun-types/docs/runtime/module-resolution.mdx */
const ofImportMeta = [
  'dir',
  'dirname',
  'env',
  'file',
  'filename',
  'hot',
  'main',
  'path',
  'require',
  'resolve',
  'resolveSync',
  'url',
];

/**
 * @param {'all' | 'bun:test'} what
 * @param {ImportMeta} [meta] that of a module
 */
async function dump(what, meta) {
  if (what === 'bun:test') {
    await dumpModule('bun:test');
    return entries;
  }
  walk('Bun', 'Bun', Bun, Object.getOwnPropertyNames(Bun), [globalThis]);
  await dumpInstances();
  for (const name of ['bun:sqlite', 'bun:ffi', 'bun:jsc']) await dumpModule(name);
  walk(
    'import.meta',
    'import.meta',
    meta,
    ofImportMeta.filter((key) => key in /** @type {ImportMeta} */ (meta)),
    [],
  );
  dumpGlobals();
  return entries;
}

module.exports = { dump };
