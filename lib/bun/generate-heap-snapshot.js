'use strict';

/**
 * What is in the heap: V8's own snapshot, or the same in the format of JavaScriptCore.
 *
 * @see https://bun.com/reference/bun/generateHeapSnapshot
 * @param {'jsc' | 'v8'} [format]
 * @param {'arraybuffer'} [encoding] of V8's format
 * @returns {string | ArrayBuffer | object}
 */
function generateHeapSnapshot(format = undefined, encoding = undefined) {
  if (typeof format === 'string' && format !== 'v8' && format !== 'jsc')
    throw new TypeError("Expected 'v8' or 'jsc' or undefined");
  if (format !== 'v8') return inspectorSnapshot(JSON.parse(String(snapshot())));
  if (typeof encoding === 'string' && encoding !== 'arraybuffer')
    throw new TypeError("Expected 'arraybuffer' or undefined as second argument");
  return encoding === 'arraybuffer' ? new Uint8Array(snapshot()).buffer : String(snapshot());
}

/** V8's JSON. Node's stream has all of it as soon as it is read. */
function snapshot() {
  const stream = require('node:v8').getHeapSnapshot();
  const chunks = [];
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) chunks.push(chunk);
  stream.destroy();
  return Buffer.concat(chunks);
}

const VERSION = 3;
const edgeTypes = ['Internal', 'Property', 'Index', 'Variable'];
/** V8's kinds of edges in JavaScriptCore's words; any other is internal. @type {Record<string, number>} */
const ofV8 = { property: 1, element: 2, context: 3 };

/** @param {any} given V8's, parsed */
function inspectorSnapshot({ snapshot: { meta }, nodes: from, edges: fromEdges, strings }) {
  const [width, edgeWidth] = [meta.node_fields.length, meta.edge_fields.length];
  const field = (/** @type {string} */ name) => meta.node_fields.indexOf(name);
  const [name, id, size, count] = ['name', 'id', 'self_size', 'edge_count'].map(field);
  const [kind, label, target] = ['type', 'name_or_index', 'to_node'].map((each) => meta.edge_fields.indexOf(each));
  const kinds = meta.edge_types[kind];
  const classes = new Names(strings);
  const edgeNames = new Names(strings);
  const nodes = [];
  const edges = [];
  let edge = 0;
  for (let at = 0; at < from.length; at += width) {
    nodes.push(from[at + id], from[at + size], classes.of(from[at + name]), 0);
    for (let left = from[at + count]; left > 0; left--, edge += edgeWidth) {
      const type = ofV8[kinds[fromEdges[edge + kind]]] ?? 0;
      const fact = fromEdges[edge + label];
      const named = type === 1 || type === 3;
      edges.push(from[at + id], from[fromEdges[edge + target] + id], type, named ? edgeNames.of(fact) : fact);
    }
  }
  return {
    version: VERSION,
    type: 'Inspector',
    nodes,
    nodeClassNames: classes.list,
    edges,
    edgeTypes,
    edgeNames: edgeNames.list,
  };
}

/** Numbers the names that are used. */
class Names {
  /** @type {string[]} */
  list = [];
  /** @type {Map<number, number>} */
  #known = new Map();
  #strings;

  /** @param {string[]} strings */
  constructor(strings) {
    this.#strings = strings;
  }

  /** @param {number} index of the string */
  of(index) {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    this.#known.set(index, this.list.length);
    return this.list.push(this.#strings[index]) - 1;
  }
}

Object.defineProperty(generateHeapSnapshot, 'length', { value: 2, configurable: true });

module.exports = generateHeapSnapshot;
