'use strict';

/** `node:https`, whose servers have less to do for a request that is answered at once. All else is Node's. */

const https = require('node:https');
const { quicken } = require('./fast-http');
const { overlay } = require('./overlay');

const { createServer: nodesCreateServer } = https;

module.exports = overlay(https, {
  /** @param {any} options @param {any} listener */
  createServer(options, listener) {
    return quicken(nodesCreateServer(options, listener));
  },
});
