/** Random numbers from a seed (mulberry32): the same ones on every runtime. @param {number} state */
export function generator(state) {
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  /** An integer from 0 to n - 1. @param {number} n */
  const below = (n) => Math.floor(random() * n);
  /** @template T @param {T[]} list @returns {T} */
  const pick = (list) => list[below(list.length)];
  return { random, below, pick };
}
