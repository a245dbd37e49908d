'use strict';

/** Addresses of a host, without a wait. */

const net = require('node:net');

/** How long a resolver may take, in milliseconds. */
const LIMIT = 10_000;

/** @param {string} hostname @returns {string[]} */
function addressesNow(hostname) {
  if (net.isIP(hostname)) return [hostname];
  if (hostname === 'localhost') return ['127.0.0.1'];
  return askThread(hostname);
}

/** Node has no resolver that does not need its loop: the loop of another thread does. @param {string} hostname */
function askThread(hostname) {
  const { Worker, MessageChannel, receiveMessageOnPort } = require('node:worker_threads');
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(
    `const { workerData: { hostname, flag, port } } = require('node:worker_threads');
    require('node:dns').lookup(hostname, { all: true }, (error, found) => {
      port.postMessage(error ? [] : found.map(({ address }) => address));
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
    });`,
    { eval: true, workerData: { hostname, flag, port: port2 }, transferList: [port2], execArgv: [], env: {} },
  );
  worker.unref();
  Atomics.wait(flag, 0, 0, LIMIT);
  const message = receiveMessageOnPort(port1)?.message;
  port1.close();
  void worker.terminate();
  return /** @type {string[]} */ (message ?? []);
}

module.exports = { addressesNow };
