// Turns pictures into smaller ones and into other formats.

/** A picture of soft shapes with some noise, as BMP, which needs no codec. @param {number} width @param {number} height */
function picture(width, height) {
  const pixels = Buffer.alloc(width * height * 4);
  let noise = 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
      const grain = noise >>> 29;
      pixels[at] = 128 + 100 * Math.sin(x / 90) + grain;
      pixels[at + 1] = 128 + 100 * Math.cos(y / 70) + grain;
      pixels[at + 2] = 128 + 60 * Math.sin((x + y) / 200) + grain;
    }
  }
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(32, 28);
  return Buffer.concat([header, pixels]);
}

/**
 * @param {'jpeg' | 'png' | 'webp'} format of the source
 * @param {[number, number]} size
 * @param {(image: import('bun').Image) => Promise<Uint8Array | string>} work
 */
const working = (format, [width, height], work) => {
  /** @type {Promise<Uint8Array> | undefined} */
  let source;
  return {
    async run(/** @type {number} */ iterations) {
      source ??= new Bun.Image(picture(width, height))[format]().bytes();
      const bytes = await source;
      for (let i = 0; i < iterations; i++)
        if ((await work(new Bun.Image(bytes))).length === 0) throw new Error('nothing came out');
    },
  };
};

const LARGE = /** @type {[number, number]} */ ([4000, 3000]);
const MIDDLE = /** @type {[number, number]} */ ([1200, 900]);

export default [
  {
    name: 'JPEG of 12 megapixels to WebP, 400 wide',
    bun: () => working('jpeg', LARGE, (image) => image.resize(400).webp().bytes()),
  },
  {
    name: 'PNG of 1 megapixel to JPEG, 600 wide',
    bun: () => working('png', MIDDLE, (image) => image.resize(600).jpeg().bytes()),
  },
  {
    name: 'JPEG of 1 megapixel to JPEG, turned',
    bun: () => working('jpeg', MIDDLE, (image) => image.rotate(90).bytes()),
  },
  {
    name: 'WebP of 1 megapixel to PNG',
    bun: () => working('webp', MIDDLE, (image) => image.png().bytes()),
  },
  {
    name: 'metadata of a JPEG of 12 megapixels',
    bun: () => working('jpeg', LARGE, async (image) => (await image.metadata()).format),
  },
];
