// `dx-compat/node/*` beside Node's own modules. "bun" of a case is what runs on dx-compat and on Bun: each loads the
// fastest it has.
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repeat } from '../harness/repeat.mjs';
import { fast } from './pair.mjs';

const text = 'sixteen bytes ok';
const key = 'a key of its own';
const kilobyte = Buffer.alloc(1024, 7);
const ed25519 = crypto.generateKeyPairSync('ed25519');
const signature = crypto.sign(null, kilobyte, ed25519.privateKey);
const p256 = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecdsa = crypto.sign('sha256', kilobyte, p256.privateKey);
const x25519 = crypto.generateKeyPairSync('x25519');
const pem = {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
};

/** @param {string} module @param {(exports: any) => () => unknown} make */
const ours = (module, make) => () => repeat(make(fast(module)))();
/** @param {any} module @param {(exports: any) => () => unknown} make */
const nodes = (module, make) => () => repeat(make(module))();

/** @param {string} name @param {string} module @param {any} original @param {(exports: any) => () => unknown} make */
const pair = (name, module, original, make) => ({
  name,
  unit: 'ns',
  bun: ours(module, make),
  peers: { [`node:${module}`]: nodes(original, make) },
});

/** A file of some size. @param {number} size */
function file(size) {
  const name = path.join(os.tmpdir(), `dx-compat-bench-${size}-${process.pid}`);
  fs.writeFileSync(name, Buffer.alloc(size, 'some bytes '));
  process.on('exit', () => fs.rmSync(name, { force: true }));
  return name;
}

/** @param {any} module @param {number} size @param {string} [encoding] */
const reading = (module, size, encoding) => () => {
  const name = file(size);
  return {
    async run(/** @type {number} */ iterations) {
      for (let i = 0; i < iterations; i++) await module().promises.readFile(name, encoding);
    },
    close() {},
  };
};

export default [
  pair(
    "createHash('sha256'), 16 B of text",
    'crypto',
    crypto,
    (c) => () => c.createHash('sha256').update(text).digest('hex'),
  ),
  pair(
    "createHash('sha256'), 1 KB",
    'crypto',
    crypto,
    (c) => () => c.createHash('sha256').update(kilobyte).digest('hex'),
  ),
  pair(
    "createHash('md5'), 16 B of text",
    'crypto',
    crypto,
    (c) => () => c.createHash('md5').update(text).digest('hex'),
  ),
  pair(
    "createHmac('sha256'), 16 B of text",
    'crypto',
    crypto,
    (c) => () => c.createHmac('sha256', key).update(text).digest('hex'),
  ),
  ...['sha256', 'md5'].flatMap((name) =>
    crypto.hash
      ? [pair(`crypto.hash('${name}'), 16 B of text`, 'crypto', crypto, (c) => () => c.hash(name, text))]
      : [],
  ),
  pair('sign, Ed25519', 'crypto', crypto, (c) => () => c.sign(null, kilobyte, ed25519.privateKey)),
  pair('verify, Ed25519', 'crypto', crypto, (c) => () => c.verify(null, kilobyte, ed25519.publicKey, signature)),
  pair('sign, P-256', 'crypto', crypto, (c) => () => c.sign('sha256', kilobyte, p256.privateKey)),
  pair('verify, P-256', 'crypto', crypto, (c) => () => c.verify('sha256', kilobyte, p256.publicKey, ecdsa)),
  pair('diffieHellman, P-256', 'crypto', crypto, (c) => () => c.diffieHellman(p256)),
  pair('diffieHellman, X25519', 'crypto', crypto, (c) => () => c.diffieHellman(x25519)),
  pair("generateKeyPairSync('ec'), PEM", 'crypto', crypto, (c) => () => c.generateKeyPairSync('ec', pem)),
  pair('randomBytes(16)', 'crypto', crypto, (c) => () => c.randomBytes(16)),
  pair("spawnSync('true')", 'child_process', childProcess, (c) => () => c.spawnSync('/bin/true')),
  pair("execSync('true')", 'child_process', childProcess, (c) => () => c.execSync('true')),
  {
    name: "fs.promises.readFile, 4 KB, 'utf8'",
    unit: 'ns',
    bun: reading(() => fast('fs'), 4096, 'utf8'),
    peers: { 'node:fs': reading(() => fs, 4096, 'utf8') },
  },
  ...[4096, 1 << 20, 64 << 20].map((size) => ({
    name: `fs.promises.readFile, ${size < 1 << 20 ? '4 KB' : `${size >> 20} MB`}`,
    unit: 'ns',
    bun: reading(() => fast('fs'), size),
    peers: { 'node:fs': reading(() => fs, size) },
  })),
];
