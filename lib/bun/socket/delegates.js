'use strict';

/** What Node's sockets have and Bun's have too, under the same or another name. */

const facts = ['remoteAddress', 'remotePort', 'remoteFamily', 'localAddress', 'localPort', 'localFamily'];
/** Of TLS, by the names of Bun and Node's. @type {Record<string, string>} */
const secured = {
  disableRenegotiation: 'disableRenegotiation',
  exportKeyingMaterial: 'exportKeyingMaterial',
  getCertificate: 'getCertificate',
  getX509Certificate: 'getX509Certificate',
  getCipher: 'getCipher',
  getEphemeralKeyInfo: 'getEphemeralKeyInfo',
  getPeerCertificate: 'getPeerCertificate',
  getPeerX509Certificate: 'getPeerX509Certificate',
  getSession: 'getSession',
  getSharedSigalgs: 'getSharedSigalgs',
  getTLSFinishedMessage: 'getFinished',
  getTLSPeerFinishedMessage: 'getPeerFinished',
  getTLSTicket: 'getTLSTicket',
  getTLSVersion: 'getProtocol',
  isSessionReused: 'isSessionReused',
  renegotiate: 'renegotiate',
  setMaxSendFragment: 'setMaxSendFragment',
  setServername: 'setServername',
  setSession: 'setSession',
};

/** @param {any} prototype @param {(socket: any) => any} nodeOf */
function define(prototype, nodeOf) {
  for (const name of facts) {
    const accessor = {
      /** @this {object} */
      get() {
        return nodeOf(this)[name];
      },
    };
    Object.defineProperty(prototype, name, { ...accessor, enumerable: true, configurable: true });
  }
  for (const [name, nodes] of Object.entries(secured)) {
    const method = {
      /** @this {object} @param {any[]} given */
      [name](...given) {
        const node = nodeOf(this);
        return node.encrypted ? node[nodes](...given) : undefined;
      },
    };
    Object.defineProperty(prototype, name, { value: method[name], writable: true, configurable: true });
  }
}

module.exports = { define };
