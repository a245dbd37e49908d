'use strict';

/** Half precision: 5 bits of exponent, 10 of fraction. @param {number} value @returns {number} its bits */
function toHalf(value) {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -25 || size === 0) return sign;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  // 2 ** 10 steps in each power of two; ties go to even, as `roundToEven` does.
  const steps = roundToEven(size / 2 ** (exponent - 10));
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps);
}

/** @param {number} value */
function roundToEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** @param {number} bits @returns {number} */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** @see https://tc39.es/ecma262/#sec-math.f16round https://tc39.es/proposal-math-sum/ */
module.exports = {
  /** @param {number} value */
  f16round: (value) => fromHalf(toHalf(Number(value))),

  /** @param {Iterable<number>} items @returns {number} rounded once, as if the sum before were exact */
  sumPrecise(items) {
    /** Parts of the sum whose digits do not overlap. @type {number[]} */
    let parts = [];
    let special = -0;
    let any = false;
    for (const item of items) {
      if (typeof item !== 'number') throw new TypeError('Math.sumPrecise requires numbers');
      if (!Number.isFinite(item)) special = Object.is(special, -0) ? item : special + item;
      else if (!Object.is(item, -0)) {
        any = true;
        parts = add(parts, item);
      }
    }
    if (!Object.is(special, -0)) return special;
    return any ? parts.reduceRight((total, part) => total + part, 0) : -0;
  },

  dataView: {
    /** @this {DataView} @param {number} offset @param {boolean} [littleEndian] */
    getFloat16(offset, littleEndian = undefined) {
      return fromHalf(this.getUint16(offset, littleEndian));
    },

    /** @this {DataView} @param {number} offset @param {number} value @param {boolean} [littleEndian] */
    setFloat16(offset, value, littleEndian = undefined) {
      this.setUint16(offset, toHalf(Number(value)), littleEndian);
    },
  },
};

/** Shewchuk's grow-expansion. @param {number[]} parts @param {number} value @returns {number[]} */
function add(parts, value) {
  const result = [];
  let high = value;
  for (const part of parts) {
    const [large, small] = Math.abs(high) > Math.abs(part) ? [high, part] : [part, high];
    const sum = large + small;
    const error = small - (sum - large);
    if (error !== 0) result.push(error);
    high = sum;
  }
  result.push(high);
  return result;
}
