'use strict';

/** `node:https`, whose servers have less to do for a request that is answered at once. All else is Node's. */

const https = require('node:https');
const { quicken } = require('./fast-http');
const { overlay } = require('./overlay');

const { createServer: nodesCreateServer } = https;

/** @param {any} options @param {any} listener */
function createServer(options, listener) {
  return quicken(nodesCreateServer(options, listener));
}

module.exports = overlay(https, { createServer });
