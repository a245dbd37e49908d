import { expect, test } from 'bun:test';

class FindMeInTheHeap {
  held = { deep: 1 };
}
const kept = [new FindMeInTheHeap(), new FindMeInTheHeap()];

test('in the format of V8', () => {
  const text = Bun.generateHeapSnapshot('v8');
  const { snapshot, nodes, edges, strings } = JSON.parse(text);
  expect(nodes.length).toBe(snapshot.node_count * snapshot.meta.node_fields.length);
  expect(edges.length).toBe(snapshot.edge_count * snapshot.meta.edge_fields.length);
  expect(strings).toContain('FindMeInTheHeap');
  const buffer = Bun.generateHeapSnapshot('v8', 'arraybuffer');
  expect(buffer).toBeInstanceOf(ArrayBuffer);
  expect(Object.keys(JSON.parse(new TextDecoder().decode(buffer)))).toEqual(Object.keys(JSON.parse(text)));
});

test('in the format of JavaScriptCore', () => {
  const { version, type, nodes, edges, edgeTypes, edgeNames, nodeClassNames }: any = Bun.generateHeapSnapshot();
  expect([version, type, edgeTypes]).toEqual([3, 'Inspector', ['Internal', 'Property', 'Index', 'Variable']]);
  expect([nodes.length % 4, edges.length % 4]).toEqual([0, 0]);
  const ids = new Map<number, number>();
  for (let at = 0; at < nodes.length; at += 4) ids.set(nodes[at], nodes[at + 2]);
  const own = nodeClassNames.indexOf('FindMeInTheHeap');
  const found = [...ids.values()].filter((name) => name === own).length;
  expect(found).toBeGreaterThanOrEqual(kept.length);
  let held = 0;
  for (let at = 0; at < edges.length; at += 4) {
    if (!ids.has(edges[at]) || !ids.has(edges[at + 1])) throw new Error('an edge to nowhere');
    if (edgeTypes[edges[at + 2]] === 'Property' && edgeNames[edges[at + 3]] === 'held' && ids.get(edges[at]) === own)
      held++;
  }
  expect(held).toBeGreaterThanOrEqual(kept.length);
});

test('arguments', () => {
  const make: any = Bun.generateHeapSnapshot;
  expect(() => make('x')).toThrow("Expected 'v8' or 'jsc' or undefined");
  expect(() => make('v8', 'x')).toThrow("Expected 'arraybuffer' or undefined as second argument");
  expect(make.length).toBe(2);
});
