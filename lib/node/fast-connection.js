'use strict';

/**
 * One connection of a server of `fast-http.js`: what Node's `parserOnIncoming` and `resOnFinish` do for a request, without
 * what they do only because a client may send the next one before it has an answer. When that comes, or the socket ends,
 * the request is handed over to them (`fast-adoption.js`).
 */

const { channel } = require('node:diagnostics_channel');
const { IncomingMessage, Server, ServerResponse } = require('node:http');
const net = require('node:net');
const { adopt, onSocketClose } = require('./fast-adoption');
const { Answer } = require('./fast-answer');
const {
  asksForMore,
  clearIncoming,
  closeBoth,
  detachAbortSignal,
  dumpUnheard,
  dumpUnread,
  emitClose,
  isUnheard,
  isUnpatched,
  symbolOf,
} = require('./fast-request');

/** What the timer of an idle connection has beyond `keepAliveTimeout`. */
const KEEP_ALIVE_BUFFER = 1000;
/** More lines of a head may be more than Node reads. */
const MOST_RAW_HEADERS = 2000;

const started = channel('http.server.request.start');
const created = channel('http.server.response.created');
const finished = channel('http.server.response.finish');
/** @type {any} */
const sockets = net.Socket.prototype;
/** @type {any} */
const answers = ServerResponse.prototype;
const { assignSocket, detachSocket, emit, _flush: flush } = answers;
/** A member that Node gives each response; having it, too, ours are of the same shape to V8. @type {any} */
const unique = symbolOf(new Server(), 'kUniqueHeaders');

/** How long a connection may be idle; 0 for ever. @param {any} server */
function idleTimeout({ keepAliveTimeout, keepAliveTimeoutBuffer }) {
  if (!(Number.isFinite(keepAliveTimeout) && keepAliveTimeout > 0)) return 0;
  const more = Number.isFinite(keepAliveTimeoutBuffer) && keepAliveTimeoutBuffer >= 0;
  return keepAliveTimeout + (more ? keepAliveTimeoutBuffer : KEEP_ALIVE_BUFFER);
}

/** @param {object} target @param {string} name @param {unknown} value */
function put(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

/** What a response of a connection listens to its own end with, by the name that Node's has. @param {Connection} connection */
function listenerOf(connection) {
  /** @this {any} */
  function onFinish() {
    connection.finish(this ?? connection.response);
  }
  return Object.defineProperty(onFinish, 'name', { value: 'bound resOnFinish' });
}

class Connection {
  /**
   * @param {any} server
   * @param {any} socket
   * @param {symbol} kind where the server has the class of its responses
   * @param {(request: any, keepAlive: boolean) => number} nodes
   */
  constructor(server, socket, kind, nodes) {
    this.server = server;
    this.socket = socket;
    this.kind = kind;
    this.nodes = nodes;
    /** @type {any} the request that is served here, if any */
    this.request = null;
    /** @type {any} */
    this.response = null;
    /** What the timer of the idle connection is set to, which does nothing while a request is served. */
    this.timeout = 0;
    /** Whether the timer was set anew since the request came. */
    this.timed = false;
    /** Bytes that wait in the response. */
    this.pending = 0;
    /** Whether the response has Node's listener for the socket's end, whose place among others is seen. */
    this.attached = false;
    this.onPending = (/** @type {number} */ size) => {
      this.pending += size;
    };
    this.onFinish = listenerOf(this);
    /** @type {Function | undefined} */
    this.onClose = undefined;
    this.fit = this.attend();
  }

  /** Gets to hear of the socket's end before Node does, and of its silence. @returns {boolean} */
  attend() {
    const { socket } = this;
    const listeners = socket._events.close;
    const list = Array.isArray(listeners) ? listeners : [listeners];
    const at = list.findIndex((listener) => listener?.name === 'bound socketOnClose');
    if (at < 0 || !(socket.timeout > 0)) return false;
    const nodes = list[at];
    this.onClose = Object.assign((/** @type {any[]} */ ...words) => this.close(nodes, words), { listener: nodes });
    if (Array.isArray(listeners)) listeners[at] = this.onClose;
    else socket._events.close = this.onClose;
    put(socket, '_onTimeout', () => {
      if (this.response === null || this.timed) sockets._onTimeout.call(socket);
    });
    put(socket, 'setTimeout', (/** @type {number} */ timeout, /** @type {() => void} */ callback) => {
      this.timed = true;
      return sockets.setTimeout.call(socket, timeout, callback);
    });
    // Older releases look `_onTimeout` up when the timer is set.
    socket.setTimeout(socket.timeout);
    return true;
  }

  /** @param {any} request @param {boolean} keepAlive @returns {number} */
  incoming(request, keepAlive) {
    if (this.response !== null) {
      this.fit = false; // such clients send many at once
      this.handOver();
    }
    if (!(keepAlive && this.fit && this.fits(request)) || asksForMore(request.rawHeaders))
      return this.nodes(request, keepAlive);
    const { server, socket } = this;
    const Response = server[this.kind];
    const response = new Response(request, {
      highWaterMark: socket.writableHighWaterMark,
      rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
    });
    response._keepAliveTimeout = server.keepAliveTimeout;
    response._maxRequestsPerSocket = server.maxRequestsPerSocket;
    response._onPendingData = this.onPending;
    response.shouldKeepAlive = true;
    if (unique !== undefined) response[unique] = server[unique];
    socket._httpMessage = response;
    response.socket = socket;
    response.on('finish', this.onFinish);
    this.request = request;
    this.response = response;
    this.pending = 0;
    this.attached = !this.hearsLast();
    if (this.attached) socket.on('close', onSocketClose);
    this.timeout = socket.timeout;
    this.timed = false;
    socket.timeout = 0;
    server.emit('request', request, response);
    return 0;
  }

  /** @param {any} request @returns {boolean} */
  fits(request) {
    const { server, socket } = this;
    return (
      !request.upgrade &&
      request.httpVersionMajor === 1 &&
      request.httpVersionMinor === 1 &&
      !socket._httpMessage &&
      !socket._paused &&
      !socket.destroyed &&
      socket.writableLength === 0 &&
      !socket.writableNeedDrain &&
      !server.timeout &&
      !server.maxRequestsPerSocket &&
      typeof server.maxHeadersCount !== 'number' &&
      socket.timeout > 0 &&
      socket.timeout === idleTimeout(server) &&
      server[this.kind] === Answer &&
      !started.hasSubscribers &&
      !created.hasSubscribers &&
      answers.assignSocket === assignSocket &&
      answers.detachSocket === detachSocket &&
      answers.emit === emit &&
      answers._flush === flush &&
      isUnpatched(IncomingMessage.prototype) &&
      request.rawHeaders.length <= MOST_RAW_HEADERS
    );
  }

  /** Whether Node's listener for the response would be next to this one. @returns {boolean} */
  hearsLast() {
    const listeners = this.socket._events.close;
    return listeners === this.onClose || (Array.isArray(listeners) && listeners.at(-1) === this.onClose);
  }

  /** Gives the request to Node's own function. @returns {() => void} Node's listener for the response's `finish` */
  handOver() {
    const { socket, request, response, pending, timed } = this;
    const { timeout } = socket;
    this.request = null;
    this.response = null;
    const nodes = adopt(this, request, response);
    if (pending !== 0) response._onPendingData(pending);
    // Node has stopped it as that of an idle connection.
    if (timed) socket.setTimeout(timeout);
    return nodes;
  }

  /** The end of the socket. @param {Function} nodes @param {any[]} words */
  close(nodes, words) {
    const { socket, response, attached } = this;
    if (response !== null) this.handOver();
    nodes.apply(socket, words);
    // Node's listener was added too late for this event.
    if (response !== null && !attached && socket._httpMessage === response) onSocketClose.call(socket);
  }

  /** What Node does when a response is finished. @param {any} emitter */
  finish(emitter) {
    const { server, socket, request, response } = this;
    if (response === null || emitter !== response) {
      // A program has emitted it again: Node says what is wrong with that.
      if (finished.hasSubscribers) finished.publish({ request: emitter.req, response: emitter, socket, server });
      emitter.detachSocket(socket);
      return;
    }
    // Where Node leaves the timer to the program it also remembers that.
    if (response.detachSocket !== detachSocket || idleTimeout(server) === 0) {
      this.handOver().call(response);
      return;
    }
    this.request = null;
    this.response = null;
    if (finished.hasSubscribers) finished.publish({ request, response, socket, server });
    if (detachAbortSignal !== undefined) request[detachAbortSignal]();
    const unheard = isUnheard(request);
    if (unheard) dumpUnheard(request);
    else dumpUnread(request);
    if (socket._httpMessage !== response) response.detachSocket(socket); // Node says what is wrong with that
    if (this.attached) socket.removeListener('close', onSocketClose);
    socket._httpMessage = null;
    response.socket = null;
    if (socket.parser?.incoming === request) {
      if (unheard || request.readableEnded) socket.parser.incoming = null;
      else request.on('end', clearIncoming);
    }
    if (unheard) process.nextTick(closeBoth, request, response);
    else process.nextTick(emitClose, response);
    this.idle(response._last);
  }

  /** @param {boolean} last */
  idle(last) {
    const { server, socket, timeout, timed } = this;
    if (last) {
      if (!timed) socket.setTimeout(0);
      socket.destroySoon();
    } else if (!socket.destroyed) {
      const wanted = idleTimeout(server);
      if (timed || wanted !== timeout) socket.setTimeout(wanted);
      else {
        socket.timeout = timeout;
        socket._unrefTimer();
      }
    }
  }
}

module.exports = { Connection };
