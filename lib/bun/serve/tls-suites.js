'use strict';

/** What `tls.ciphers` and `tls.secureOptions` mean for rustls. */

const { codeError, ERR_OPTION_UNSUPPORTED } = require('../../internal/errors');

const ERR_SSL_NO_CIPHER_MATCH = codeError(
  Error,
  'ERR_SSL_NO_CIPHER_MATCH',
  () => 'error:100000b1:SSL routines:OPENSSL_internal:NO_CIPHER_MATCH',
);

/** Flags of the engine's `listen`, by the bits of OpenSSL. Its other bits concern what rustls does not do. */
const FLAGS = { SSL_OP_NO_TLSv1_2: 256, SSL_OP_NO_TLSv1_3: 512, SSL_OP_NO_TICKET: 1024 };

/** The suites of TLS 1.2 that rustls has: OpenSSL's names, and IANA's. */
const SUITES = new Map([
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  ['ECDHE-RSA-AES128-GCM-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  ['ECDHE-RSA-CHACHA20-POLY1305', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
]);

/** Without all other suites of TLS 1.2. */
const OTHERS = '!kRSA:!kDHE:!PSK:!SRP:!aNULL:!eNULL:!SHA1:!SHA256:!SHA384:!AESCCM:!ARIAGCM';

/**
 * The suites that a list in OpenSSL's language chooses (`HIGH:!AES128`). Those of TLS 1.3 are not chosen by it, as in Bun.
 *
 * @param {string} ciphers
 * @returns {string[]} IANA's names; nothing for an empty list
 * @throws ERR_SSL_NO_CIPHER_MATCH when it chooses none, ERR_OPTION_UNSUPPORTED when it chooses only what rustls has not
 */
function suitesOf(ciphers) {
  if (ciphers === '') return [];
  const names = new Map([...SUITES].map(([name, iana]) => [iana, name]));
  // Node takes what begins so for TLS 1.3; Bun knows both names of all suites.
  const list = ciphers
    .split(/[:, ]+/)
    .map((word) =>
      word.replace(/^([!+-]?)(TLS_\w+)$/, (_, sign, iana) => (names.has(iana) ? sign + names.get(iana) : '')),
    )
    .filter((word) => word !== '');
  if (!chooses(list)) throw ERR_SSL_NO_CIPHER_MATCH();
  const names12 = [...SUITES.keys()];
  const chosen = [...SUITES].filter(([name]) => {
    const others = names12.filter((other) => other !== name).map((other) => `!${other}`);
    return chooses([...list, OTHERS, ...others]);
  });
  if (chosen.length === 0) throw ERR_OPTION_UNSUPPORTED('Bun.serve', 'tls.ciphers');
  return chosen.map(([, iana]) => iana);
}

/** Whether OpenSSL finds anything in a list. @param {string[]} list */
function chooses(list) {
  if (list.length === 0) return false;
  try {
    require('node:tls').createSecureContext({ ciphers: list.join(':') });
    return true;
  } catch {
    return false;
  }
}

/** @param {number} secureOptions bits of OpenSSL @returns {number} flags of the engine */
function secureFlags(secureOptions) {
  if (secureOptions === 0) return 0;
  const { constants } = require('node:crypto');
  let flags = 0;
  for (const [name, flag] of Object.entries(FLAGS))
    if ((secureOptions & /** @type {any} */ (constants)[name]) !== 0) flags |= flag;
  return flags;
}

module.exports = { suitesOf, secureFlags };
