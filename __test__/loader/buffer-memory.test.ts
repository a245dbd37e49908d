import { expect, test } from 'bun:test';

test('a buffer has memory of its own', () => {
  const buffers = [
    Buffer.from('text'),
    Buffer.from('dGV4dA==', 'base64'),
    Buffer.from([1, 2, 3, 4]),
    Buffer.from(new Uint8Array(4)),
    Buffer.allocUnsafe(4),
    Buffer.concat([Buffer.from('te'), Buffer.from('xt')]),
  ];
  expect(buffers.map(({ buffer }) => buffer.byteLength)).toEqual(buffers.map(() => 4));
});
