'use strict';

/**
 * Servers of `node:http` and `node:https` that do less for a request. Sockets, parser, `IncomingMessage`, `ServerResponse`
 * and the first request of a connection are Node's own; the others, when they are plain, go to `fast-connection.js`.
 */

const { IncomingMessage, ServerResponse } = require('node:http');
const net = require('node:net');
const { onSocketClose } = require('./fast-adoption');
const { Answer } = require('./fast-answer');
const { Connection } = require('./fast-connection');
const { symbolOf } = require('./fast-request');

/** Of these what `fast-connection.js` stands in for was read. */
const FIRST_MAJOR = 20;
const LAST_MAJOR = 26;

/**
 * @template T
 * @param {T} made a server that Node has just made
 * @returns {T}
 */
function quicken(made) {
  const server = /** @type {any} */ (made);
  /** @param {string} description */
  const own = (description) => server[/** @type {any} */ (symbolOf(server, description))];
  const kind = symbolOf(server, 'ServerResponse');
  if (kind === undefined || server[kind] !== ServerResponse || own('IncomingMessage') !== IncomingMessage) return made;
  if (own('kUniqueHeaders') || own('OptimizeEmptyRequestsOption')) return made;
  const event = server.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection';
  const nodes = server._events[event];
  if (typeof nodes !== 'function' || nodes.name !== 'connectionListener') return made;
  /** @this {any} @param {any} socket */
  const listener = function connectionListener(socket) {
    nodes.call(this, socket);
    const { parser } = socket;
    if (this !== server || !(socket instanceof net.Socket) || typeof parser?.onIncoming !== 'function') return;
    const { onIncoming } = parser;
    // The first request is Node's, so that a connection for one costs nothing more.
    parser.onIncoming = (/** @type {any} */ request, /** @type {boolean} */ keepAlive) => {
      parser.onIncoming = (/** @type {any} */ second, /** @type {boolean} */ again) => {
        const connection = new Connection(server, socket, kind, onIncoming);
        parser.onIncoming = connection.incoming.bind(connection);
        return connection.incoming(second, again);
      };
      return onIncoming(request, keepAlive);
    };
  };
  server[kind] = Answer;
  // In its place, and so that who asks for the listeners is given Node's.
  server._events[event] = Object.assign(listener, { listener: nodes });
  return made;
}

const major = Number(process.versions.node.split('.')[0]);
const isKnown = major >= FIRST_MAJOR && major <= LAST_MAJOR && onSocketClose !== undefined;

module.exports = { quicken: isKnown ? quicken : (/** @type {any} */ made) => made };
