'use strict';

/** `node:http`, whose servers have less to do for a request that is answered at once. All else is Node's. */

const http = require('node:http');
const { quicken } = require('./fast-http');
const { overlay } = require('./overlay');

const { createServer: nodesCreateServer } = http;

/** @param {any} options @param {any} listener */
function createServer(options, listener) {
  return quicken(nodesCreateServer(options, listener));
}

module.exports = overlay(http, { createServer });
