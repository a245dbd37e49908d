'use strict';

/** An amount of bytes as Bun prints it. @param {number} size */
function byteSize(size) {
  if (size === 0) return '0 KB';
  if (size < 512) return `${size} bytes`;
  const magnitude = Math.floor(Math.floor(Math.log2(size)) / 9);
  const shown = size / 1000 ** magnitude;
  return `${shown.toFixed(shown % 1 < 0.01 ? 1 : 2)} ${'KMGTPE'[magnitude - 1]}B`;
}

module.exports = { byteSize };
