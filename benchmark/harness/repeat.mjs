// Work that is the same every time.

/** @param {() => unknown} work */
export const repeat = (work) => () => ({
  run(/** @type {number} */ iterations) {
    let last;
    for (let i = 0; i < iterations; i++) last = work();
    if (last === undefined) throw new Error('nothing was made');
  },
  close() {},
});

/** The peers that this runtime has. @param {Record<string, unknown>} peers */
export const there = (peers) => Object.fromEntries(Object.entries(peers).filter(([, peer]) => peer));
