'use strict';
// What every member, option and overload answers, in words that can be compared between runtimes.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const MARK = '<dir>';

/** @param {any} bun the module `bun` @param {(name: string) => boolean} [wanted] */
async function record(bun, wanted = () => true) {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'surface-')));
  const at = (name) => path.join(dir, name);
  const out = {};
  const text = (value) =>
    String(value)
      .replaceAll(dir, MARK)
      .replace(/0x[0-9a-f]{6,}/g, '0x');
  const show = (value, depth = 0) => {
    if (typeof value === 'string') return JSON.stringify(text(value).slice(0, 200));
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'symbol') return String(value);
    if (typeof value === 'function') return `function ${value.name}/${value.length}`;
    if (Object.is(value, -0)) return '-0';
    if (value === null || typeof value !== 'object') return String(value);
    if (value instanceof Error) return failure(value);
    if (ArrayBuffer.isView(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return `${value.constructor.name}(${bytes.length}) ${JSON.stringify(text(bytes.toString('latin1', 0, 40)))}`;
    }
    if (value instanceof ArrayBuffer)
      return `ArrayBuffer(${value.byteLength}) ${JSON.stringify(Buffer.from(value).toString('latin1', 0, 40))}`;
    if (value instanceof Promise) return 'Promise';
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (value instanceof Blob) return `${tag} size ${value.size} type ${value.type}`;
    if (depth > 3) return '…';
    if (Array.isArray(value))
      return `[${value
        .slice(0, 20)
        .map((one) => show(one, depth + 1))
        .join(', ')}]`;
    if (value instanceof Map) return `Map ${show([...value], depth + 1)}`;
    if (value instanceof Date) return 'Date';
    if (tag !== 'Object') return tag;
    return `{ ${Object.entries(value)
      .slice(0, 20)
      .map(([key, one]) => `${key}: ${show(one, depth + 1)}`)
      .join(', ')} }`;
  };
  const failure = (error) => {
    if (!(error instanceof Error)) return `thrown ${show(error)}`;
    const facts = ['code', 'errno', 'syscall', 'path', 'dest', 'fd']
      .filter((key) => error[key] !== undefined)
      .map((key) => `${key}=${text(error[key])}`);
    return `${error.name}: ${text(error.message).slice(0, 300)}${facts.length ? ` {${facts.join(' ')}}` : ''}`;
  };
  let number = 0;
  const pending = [];
  const one = (name, work) => {
    if (wanted(name)) pending.push([name, work]);
  };
  const runOne = async ([name, work]) => {
    let answer;
    const timer = {};
    try {
      const value = work();
      if (value instanceof Promise || (value && typeof value.then === 'function')) {
        const late = new Promise((resolve) => (timer.id = setTimeout(resolve, 3000, timer)));
        try {
          const got = await Promise.race([value, late]);
          answer = got === timer ? 'pending' : `resolves ${show(got)}`;
        } catch (error) {
          answer = `rejects ${failure(error)}`;
        }
        clearTimeout(timer.id);
      } else answer = show(value);
    } catch (error) {
      answer = `throws ${failure(error)}`;
    }
    if (name in out) name += ` #${++number}`;
    out[name] = answer;
  };
  for (const area of Object.values({
    ...require('./files.cjs'),
    ...require('./paths.cjs'),
    ...require('./processes.cjs'),
  }))
    await area({ bun, dir, at, one, odd, show, fs, os, path, pathToFileURL });
  for (const item of pending) await runOne(item);
  fs.chmodSync(dir, 0o755);
  fs.rmSync(dir, { recursive: true, force: true });
  return out;
}

/** Values of every kind, as [name, value]. */
const odd = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['0', () => 0],
  ['-1', () => -1],
  ['1.5', () => 1.5],
  ['NaN', () => NaN],
  ['Infinity', () => Infinity],
  ['2**32', () => 2 ** 32],
  ["''", () => ''],
  ["'x'", () => 'x'],
  ["'a\\0b'", () => 'a\0b'],
  ['symbol', () => Symbol('s')],
  ['1n', () => 1n],
  ['{}', () => ({})],
  ['[]', () => []],
  ["['a']", () => ['a']],
  ['function', () => () => {}],
  ['Date', () => new Date(0)],
  ['bytes', () => new TextEncoder().encode('ab')],
  ['http URL', () => new URL('http://h/p')],
  ['String object', () => new String('so')],
];

module.exports = { record };
