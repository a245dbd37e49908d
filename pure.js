'use strict';

/**
 * `require('dx-compat/pure')`: the `Bun` object and the table of contents of everything in it,
 * without touching `globalThis`. Each entry loads its face on first touch.
 */

const { defineConstants, defineLazy } = require('./lib/internal/lazy');
const { version, revision, versionWithSha } = require('./lib/bun/version');

const readonly = { writable: false };

/** What members are in Bun once they are loaded: nothing can be deleted or redefined. */
const attributes = {
  configurable: false,
  traits: {
    Cookie: readonly,
    CookieMap: readonly,
    JSONL: readonly,
    cwd: { enumerable: false },
    isMainThread: readonly,
    semver: readonly,
  },
};

/** @type {typeof import('bun')} */
const Bun = /** @type {any} */ ({});

defineConstants(Bun, {
  env: process.env,
  isStandaloneExecutable: false,
  origin: '',
  revision,
  version,
  version_with_sha: versionWithSha,
});

defineLazy(Bun, {
  $: () => require('./lib/shell'),
  SQL: () => require('./lib/sql'),
  JSON5: () => require('./lib/bun/json5'),
  JSONC: () => require('./lib/bun/jsonc'),
  JSONL: () => require('./lib/bun/jsonl'),
  sliceAnsi: () => require('./lib/bun/slice-ansi'),
  stringWidth: () => require('./lib/bun/string-width'),
  stripANSI: () => require('./lib/bun/strip-ansi'),
  wrapAnsi: () => require('./lib/bun/wrap-ansi'),
  TOML: () => require('./lib/bun/toml'),
  Transpiler: () => require('./lib/bun/transpiler'),
  Cookie: () => require('./lib/bun/cookie'),
  CookieMap: () => require('./lib/bun/cookie-map'),
  CSRF: () => require('./lib/bun/csrf'),
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
  build: () => require('./lib/build'),
  brotliCompressSync: () => require('./lib/bun/compression').brotliCompressSync,
  brotliDecompressSync: () => require('./lib/bun/compression').brotliDecompressSync,
  connect: () => require('./lib/bun/connect'),
  cwd: () => require('./lib/bun/cwd'),
  deepEquals: () => require('./lib/bun/deep-equals'),
  deepMatch: () => require('./lib/bun/deep-match'),
  deflateSync: () => require('./lib/bun/compression').deflateSync,
  embeddedFiles: () => [],
  enableANSIColors: () => require('./lib/bun/enable-ansi-colors'),
  escapeHTML: () => require('./lib/bun/escape-html'),
  fetch: () => require('./lib/web/fetch'),
  fileURLToPath: () => require('./lib/bun/file-url-to-path'),
  gc: () => require('./lib/bun/gc'),
  generateHeapSnapshot: () => require('./lib/bun/generate-heap-snapshot'),
  gunzipSync: () => require('./lib/bun/compression').gunzipSync,
  gzipSync: () => require('./lib/bun/compression').gzipSync,
  hash: () => require('./lib/bun/hash'),
  inflateSync: () => require('./lib/bun/compression').inflateSync,
  inspect: () => require('./lib/bun/inspect'),
  isMainThread: () => require('./lib/internal/thread').isMainThread(),
  jest: () => require('./lib/bun/jest'),
  listen: () => require('./lib/bun/listen'),
  main: () => require('./lib/bun/main'),
  nanoseconds: () => require('./lib/bun/nanoseconds'),
  password: () => require('./lib/bun/password'),
  pathToFileURL: () => require('./lib/bun/path-to-file-url'),
  peek: () => require('./lib/bun/peek'),
  postgres: () => require('./lib/sql/default-client'),
  randomUUIDv5: () => require('./lib/bun/random-uuid-v5'),
  randomUUIDv7: () => require('./lib/bun/random-uuid-v7'),
  resolve: () => require('./lib/bun/resolve'),
  resolveSync: () => require('./lib/bun/resolve-sync'),
  secrets: () => require('./lib/bun/secrets'),
  serve: () => require('./lib/bun/serve'),
  semver: () => require('./lib/bun/semver'),
  sha: () => require('./lib/bun/static-hasher').sha,
  shrink: () => require('./lib/bun/shrink'),
  sleep: () => require('./lib/bun/sleep'),
  sleepSync: () => require('./lib/bun/sleep-sync'),
  sql: () => require('./lib/sql/default-client'),
  unsafe: () => require('./lib/bun/unsafe'),
  FileSystemRouter: () => require('./lib/bun/file-system-router'),
  file: () => require('./lib/bun/file'),
  stderr: () => require('./lib/bun/stderr'),
  stdin: () => require('./lib/bun/stdin'),
  stdout: () => require('./lib/bun/stdout'),
  spawn: () => require('./lib/bun/spawn'),
  spawnSync: () => require('./lib/bun/spawn-sync'),
  Terminal: () => require('./lib/bun/terminal'),
  which: () => require('./lib/bun/which'),
  Archive: () => require('./lib/bun/archive'),
  Image: () => require('./lib/bun/image').Image,
  ArrayBufferSink: () => require('./lib/bun/array-buffer-sink'),
  allocUnsafe: () => require('./lib/bun/alloc-unsafe'),
  concatArrayBuffers: () => require('./lib/bun/concat-array-buffers'),
  indexOfLine: () => require('./lib/bun/index-of-line'),
  openInEditor: () => require('./lib/bun/open-in-editor'),
  mmap: () => require('./lib/bun/mmap'),
  readableStreamToArray: () => require('./lib/bun/readable-stream-to').readableStreamToArray,
  readableStreamToArrayBuffer: () => require('./lib/bun/readable-stream-to').readableStreamToArrayBuffer,
  readableStreamToBlob: () => require('./lib/bun/readable-stream-to').readableStreamToBlob,
  readableStreamToBytes: () => require('./lib/bun/readable-stream-to').readableStreamToBytes,
  readableStreamToFormData: () => require('./lib/bun/readable-stream-to').readableStreamToFormData,
  readableStreamToJSON: () => require('./lib/bun/readable-stream-to').readableStreamToJSON,
  readableStreamToText: () => require('./lib/bun/readable-stream-to').readableStreamToText,
  Glob: () => require('./lib/bun/glob'),
  write: () => require('./lib/bun/write'),
  YAML: () => require('./lib/bun/yaml'),
  zstdCompress: () => require('./lib/bun/compression').zstdCompress,
  zstdCompressSync: () => require('./lib/bun/compression').zstdCompressSync,
  zstdDecompress: () => require('./lib/bun/compression').zstdDecompress,
  zstdDecompressSync: () => require('./lib/bun/compression').zstdDecompressSync,
}, attributes);

Object.defineProperty(Bun, Symbol.toStringTag, { value: 'Bun', configurable: true });

module.exports = Bun;
