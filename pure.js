'use strict';

/**
 * `require('dx-compat/pure')`: the `Bun` object and the table of contents of everything in it,
 * without touching `globalThis`. Each entry loads its face on first touch.
 */

const { defineLazy } = require('./lib/internal/lazy');

/** @type {typeof import('bun')} */
const Bun = /** @type {any} */ ({});

defineLazy(Bun, {
  Transpiler: () => require('./lib/bun/transpiler'),
  Cookie: () => require('./lib/bun/cookie'),
  CookieMap: () => require('./lib/bun/cookie-map'),
  CryptoHasher: () => require('./lib/bun/crypto-hasher'),
  MD4: () => require('./lib/bun/static-hasher').MD4,
  MD5: () => require('./lib/bun/static-hasher').MD5,
  SHA1: () => require('./lib/bun/static-hasher').SHA1,
  SHA224: () => require('./lib/bun/static-hasher').SHA224,
  SHA256: () => require('./lib/bun/static-hasher').SHA256,
  SHA384: () => require('./lib/bun/static-hasher').SHA384,
  SHA512: () => require('./lib/bun/static-hasher').SHA512,
  SHA512_256: () => require('./lib/bun/static-hasher').SHA512_256,
  argv: () => require('./lib/bun/argv'),
  cwd: () => require('./lib/bun/cwd'),
  deepEquals: () => require('./lib/bun/deep-equals'),
  deepMatch: () => require('./lib/bun/deep-match'),
  embeddedFiles: () => [],
  enableANSIColors: () => require('./lib/bun/enable-ansi-colors'),
  env: () => process.env,
  escapeHTML: () => require('./lib/bun/escape-html'),
  fileURLToPath: () => require('./lib/bun/file-url-to-path'),
  gc: () => require('./lib/bun/gc'),
  hash: () => require('./lib/bun/hash'),
  inspect: () => require('./lib/bun/inspect'),
  isMainThread: () => require('node:worker_threads').isMainThread,
  isStandaloneExecutable: () => false,
  main: () => require('./lib/bun/main'),
  nanoseconds: () => require('./lib/bun/nanoseconds'),
  origin: () => '',
  password: () => require('./lib/bun/password'),
  pathToFileURL: () => require('./lib/bun/path-to-file-url'),
  peek: () => require('./lib/bun/peek'),
  randomUUIDv5: () => require('./lib/bun/random-uuid-v5'),
  randomUUIDv7: () => require('./lib/bun/random-uuid-v7'),
  resolve: () => require('./lib/bun/resolve'),
  resolveSync: () => require('./lib/bun/resolve-sync'),
  revision: () => require('./lib/bun/version').revision,
  serve: () => require('./lib/bun/serve'),
  sha: () => require('./lib/bun/static-hasher').sha,
  shrink: () => require('./lib/bun/shrink'),
  sleep: () => require('./lib/bun/sleep'),
  sleepSync: () => require('./lib/bun/sleep-sync'),
  unsafe: () => require('./lib/bun/unsafe'),
  version: () => require('./lib/bun/version').version,
  version_with_sha: () => require('./lib/bun/version').versionWithSha,
  file: () => require('./lib/bun/file'),
  stderr: () => require('./lib/bun/stderr'),
  stdin: () => require('./lib/bun/stdin'),
  stdout: () => require('./lib/bun/stdout'),
  spawn: () => require('./lib/bun/spawn'),
  spawnSync: () => require('./lib/bun/spawn-sync'),
  which: () => require('./lib/bun/which'),
  ArrayBufferSink: () => require('./lib/bun/array-buffer-sink'),
  allocUnsafe: () => require('./lib/bun/alloc-unsafe'),
  concatArrayBuffers: () => require('./lib/bun/concat-array-buffers'),
  indexOfLine: () => require('./lib/bun/index-of-line'),
  mmap: () => require('./lib/bun/mmap'),
  readableStreamToArray: () => require('./lib/bun/readable-stream-to').readableStreamToArray,
  readableStreamToArrayBuffer: () => require('./lib/bun/readable-stream-to').readableStreamToArrayBuffer,
  readableStreamToBlob: () => require('./lib/bun/readable-stream-to').readableStreamToBlob,
  readableStreamToBytes: () => require('./lib/bun/readable-stream-to').readableStreamToBytes,
  readableStreamToFormData: () => require('./lib/bun/readable-stream-to').readableStreamToFormData,
  readableStreamToJSON: () => require('./lib/bun/readable-stream-to').readableStreamToJSON,
  readableStreamToText: () => require('./lib/bun/readable-stream-to').readableStreamToText,
  write: () => require('./lib/bun/write'),
});

Object.defineProperty(Bun, Symbol.toStringTag, { value: 'Bun', configurable: true });

module.exports = Bun;
