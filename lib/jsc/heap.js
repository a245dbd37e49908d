'use strict';

const v8 = require('node:v8');

/** @returns {number} bytes of the JavaScript heap in use */
function heapSize() {
  return v8.getHeapStatistics().used_heap_size;
}

/**
 * Statistics of the heap. `objectTypeCounts` has the global classes (`v8.queryObjects` counts the
 * objects below a prototype); V8 has no protected objects, and one global object per context.
 *
 * @see https://bun.com/reference/bun/jsc/heapStats
 */
function heapStats() {
  const { used_heap_size, total_heap_size, external_memory, number_of_native_contexts } = v8.getHeapStatistics();
  return {
    heapSize: used_heap_size,
    heapCapacity: total_heap_size,
    extraMemorySize: external_memory,
    get objectCount() {
      return queryCount(Object);
    },
    protectedObjectCount: 0,
    globalObjectCount: number_of_native_contexts,
    protectedGlobalObjectCount: 0,
    objectTypeCounts: objectTypeCounts(),
    protectedObjectTypeCounts: {},
  };
}

/**
 * Class name -> living objects, counted when read: a count walks the whole heap.
 *
 * @returns {Record<string, number>}
 */
function objectTypeCounts() {
  const counts = /** @type {Record<string, number>} */ ({});
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    // What is behind a getter was not touched yet, and reading it would load an area.
    if (typeof value !== 'function' || typeof value.prototype !== 'object' || value.prototype === null) continue;
    Object.defineProperty(counts, name, { get: () => queryCount(value), enumerable: true });
  }
  return counts;
}

/** @param {Function} constructor @returns {number} */
function queryCount(constructor) {
  return /** @type {any} */ (v8).queryObjects(constructor, { format: 'count' });
}

/**
 * Memory of the process.
 *
 * @see https://bun.com/reference/bun/jsc/memoryUsage
 */
function memoryUsage() {
  const { maxRSS, majorPageFault } = process.resourceUsage();
  const current = process.memoryUsage.rss();
  const peak = Math.max(maxRSS * 1024, current);
  const { total_heap_size, external_memory, malloced_memory, peak_malloced_memory } = v8.getHeapStatistics();
  const committed = total_heap_size + external_memory;
  return {
    current,
    peak,
    currentCommit: committed + malloced_memory,
    peakCommit: committed + Math.max(malloced_memory, peak_malloced_memory),
    pageFaults: majorPageFault,
  };
}

module.exports = { heapSize, heapStats, memoryUsage };
