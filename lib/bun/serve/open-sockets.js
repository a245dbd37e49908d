'use strict';

/**
 * The open WebSockets of this environment, by the engine's id and sequence number. The engine gives an id again when its
 * socket has closed, which may be before JavaScript has heard of the end.
 */

/** @typedef {InstanceType<typeof import('./websocket').ServerWebSocket>} ServerWebSocket */

const NOBODY = -1;

/** By id. @type {(ServerWebSocket | undefined)[]} */
const sockets = [];
/** Their sequence numbers. @type {number[]} */
const numbers = [];
/** Those whose id is another's already, by sequence number. @type {Map<number, ServerWebSocket>} */
const displaced = new Map();

/** @param {number} id @param {number} seq @param {ServerWebSocket} socket */
function add(id, seq, socket) {
  const before = sockets[id];
  if (before !== undefined) displaced.set(numbers[id], before);
  sockets[id] = socket;
  numbers[id] = seq;
}

/** @param {number} id @param {number} seq @returns {ServerWebSocket | undefined} */
function find(id, seq) {
  return numbers[id] === seq ? sockets[id] : displaced.get(seq);
}

/** @param {number} id @param {number} seq */
function remove(id, seq) {
  if (numbers[id] !== seq) return void displaced.delete(seq);
  sockets[id] = undefined;
  numbers[id] = NOBODY;
}

module.exports = { add, find, remove };
