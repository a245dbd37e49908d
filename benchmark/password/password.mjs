// Passwords, with the defaults of `Bun.password` for all.
import { createRequire } from 'node:module';
import crypto from 'node:crypto';
import { repeat, there } from '../harness/repeat.mjs';

const require = createRequire(import.meta.url);
const secret = 'correct horse battery staple';

export default [
  {
    name: 'argon2id, 64 MB, two passes',
    unit: 'ns',
    bun: repeat(() => Bun.password.hashSync(secret)),
    peers: there({
      '@node-rs/argon2': () =>
        repeat(() =>
          require('@node-rs/argon2').hashSync(secret, { memoryCost: 65_536, timeCost: 2, parallelism: 1 }),
        )(),
      'crypto.argon2Sync':
        crypto.argon2Sync &&
        repeat(() =>
          crypto.argon2Sync('argon2id', {
            message: secret,
            nonce: crypto.randomBytes(32),
            parallelism: 1,
            tagLength: 32,
            memory: 65_536,
            passes: 2,
          }),
        ),
    }),
  },
  {
    name: 'bcrypt, cost 10',
    unit: 'ns',
    bun: repeat(() => Bun.password.hashSync(secret, { algorithm: 'bcrypt', cost: 10 })),
    peers: { '@node-rs/bcrypt': () => repeat(() => require('@node-rs/bcrypt').hashSync(secret, 10))() },
  },
];
