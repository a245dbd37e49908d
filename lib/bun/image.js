'use strict';

const { native } = require('../internal/native');
const { brand } = require('../internal/brand');
const { codeError } = require('../internal/errors');
const { sourceOf } = require('./image-source');
const { UNCHANGED, encoding, guards, oneOf, quarters, size, tone } = require('./image-options');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_INVALID_STATE = codeError(Error, 'ERR_INVALID_STATE', (message) => message);

const DETACHED = 'Image: source ArrayBuffer was detached';

/** What the extension of a path says. @type {Record<string, string>} */
const EXTENSIONS = { jpg: 'jpeg', jpeg: 'jpeg', png: 'png', webp: 'webp', heic: 'heic', avif: 'avif' };
const BACKENDS = ['system', 'bun'];

/** No codec of the system is used anywhere, so both do the same. */
let backend = 'bun';

/** @type {any} */
let binding;
const engine = () => (binding ??= native('bun-core', 'bun'));

/** Whether a value is an image, for the members' check of `this`. @type {(value: unknown) => boolean} */
let isImage;
/** The encoded image as a body. @type {(image: any) => { bytes: Uint8Array, type: string }} */
let bodyOf;

/**
 * `Bun.Image`: a picture that is decoded, changed and encoded when a result is asked for, on the thread pool. Whatever
 * the order of the calls, the order of work is orientation, `rotate`, `flip`, `flop`, `resize`, `modulate`.
 *
 * @see https://bun.com/docs/runtime/image
 */
class Image {
  /** A path, bytes, or a Blob that was not read yet. @type {string | Uint8Array | Blob} */
  #source;
  /** Whether the bytes belong to the program, which may take them away. */
  #lent = false;
  /** @type {Record<string, any>} */
  #plan;
  #width = -1;
  #height = -1;

  static {
    isImage = (value) => typeof value === 'object' && value !== null && #source in value;
    bodyOf = (image) => {
      if (image.#source instanceof Blob) image.#source = require('./blob-bytes').bytesNow(image.#source);
      image.#look(image.#source);
      const { bytes, type } = image.#finish(engine().encodeImageNow(image.#source, image.#plan));
      return { bytes, type };
    };
  }

  /**
   * @param {any} [input] a path, a `data:` URL, bytes or a Blob
   * @param {any} [options] `maxPixels` (0x3fff * 0x3fff), `autoOrient` (true)
   * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
   */
  constructor(input = undefined, options = undefined) {
    this.#source = sourceOf(input);
    this.#lent = this.#source instanceof Uint8Array && typeof input !== 'string';
    this.#plan = { ...UNCHANGED, ...guards(options) };
  }

  static get backend() {
    return backend;
  }

  static set backend(name) {
    if (name == null) throw ERR_INVALID_ARG_TYPE('Bun.Image.backend must be a string');
    backend = oneOf(name, 'Bun.Image.backend', BACKENDS, backend);
  }

  /** The clipboard is not read on any platform, as in Bun on Linux. */
  static fromClipboard() {
    return null;
  }

  static hasClipboardImage() {
    return false;
  }

  static clipboardChangeCount() {
    return -1;
  }

  /** The width of the last result; -1 before there is one. */
  get width() {
    return this.#width;
  }

  get height() {
    return this.#height;
  }

  /**
   * @param {number} width
   * @param {any} [height] left out or 0: in proportion
   * @param {any} options `filter` ('lanczos3'), `fit` ('fill'), `withoutEnlargement`
   * @throws ERR_INVALID_ARG_TYPE
   */
  resize(width, height, options = undefined) {
    return this.#with(size(width, height, options));
  }

  /** @param {number} degrees a multiple of 90 @throws ERR_INVALID_ARG_TYPE */
  rotate(degrees) {
    return this.#with({ turns: quarters(degrees) });
  }

  flip() {
    return this.#with({ flip: true });
  }

  flop() {
    return this.#with({ flop: true });
  }

  /** @param {any} options `brightness`, `saturation`: factors */
  modulate(options) {
    return this.#with(tone(options));
  }

  /** @param {any} options `quality` (80), `progressive` */
  jpeg(options) {
    return this.#with(encoding('jpeg', options));
  }

  /** @param {any} options `compressionLevel`, `palette`, `colors` (256), `dither` */
  png(options) {
    return this.#with(encoding('png', options));
  }

  /** @param {any} options `quality` (80), `lossless` */
  webp(options) {
    return this.#with(encoding('webp', options));
  }

  /** A result of this format rejects with ERR_IMAGE_FORMAT_UNSUPPORTED. @param {any} options `quality` */
  heic(options) {
    return this.#with(encoding('heic', options));
  }

  /** A result of this format rejects with ERR_IMAGE_FORMAT_UNSUPPORTED. @param {any} options `quality` */
  avif(options) {
    return this.#with(encoding('avif', options));
  }

  /** @returns {Promise<Uint8Array>} rejects with an `ERR_IMAGE_*`, or the system's error of a path */
  async bytes() {
    return (await this.#run('encodeImage')).bytes;
  }

  /** @returns {Promise<Buffer>} */
  async buffer() {
    return (await this.#run('encodeImage')).buffer;
  }

  /** @returns {Promise<Buffer>} */
  async toBuffer() {
    return this.buffer();
  }

  /** @returns {Promise<Blob>} */
  async blob() {
    const { buffer, type } = await this.#run('encodeImage');
    return new Blob([/** @type {any} */ (buffer)], { type });
  }

  /** @returns {Promise<string>} */
  async toBase64() {
    return (await this.#run('encodeImage')).buffer.toString('base64');
  }

  /** @returns {Promise<string>} */
  async dataurl() {
    return dataUrl(await this.#run('encodeImage'));
  }

  /**
   * Encodes and writes; without a format the extension of a path is one.
   *
   * @param {any} destination as for `Bun.write`
   * @returns {Promise<number>} bytes written
   * @throws ERR_INVALID_ARG_TYPE
   */
  write(destination) {
    if (destination == null) throw ERR_INVALID_ARG_TYPE('Image.write(dest): expected a path, Bun.file, Bun.s3 or fd');
    const extension = typeof destination === 'string' ? /\.([a-z]+)$/i.exec(destination)?.[1].toLowerCase() : undefined;
    const format = this.#plan.format ?? (extension && EXTENSIONS[extension]);
    const encoded = this.#run('encodeImage', { ...this.#plan, format });
    return encoded.then(({ bytes }) => require('./write')(destination, bytes));
  }

  /**
   * @param {any} [as] 'dataurl'
   * @returns {Promise<string>} a small blur of the source
   * @throws ERR_INVALID_ARG_TYPE
   */
  placeholder(as = undefined) {
    if (as != null && as !== 'dataurl') throw ERR_INVALID_ARG_TYPE('Image.placeholder(): only "dataurl" is supported');
    return this.#run('imagePlaceholder').then(dataUrl);
  }

  /** @returns {Promise<{ width: number, height: number, format: string }>} of the source */
  async metadata() {
    const plan = this.#plan;
    const source = this.#source instanceof Blob ? await this.#loaded() : this.#source;
    const found = typeof source === 'string' ? engine().imageFacts(source, plan) : engine().imageFactsNow(source, plan);
    const { width, height, format } = await found;
    [this.#width, this.#height] = [width, height];
    return { width, height, format };
  }

  /** What is under way keeps the plan that it was started with. @param {object} changes */
  #with(changes) {
    this.#plan = { ...this.#plan, ...changes };
    return this;
  }

  /**
   * What is in memory is taken before the program goes on.
   *
   * @param {'encodeImage' | 'imagePlaceholder'} work
   */
  async #run(work, plan = this.#plan) {
    const source = this.#source instanceof Blob ? await this.#loaded() : this.#source;
    this.#look(source);
    return this.#finish(await engine()[work](source, plan));
  }

  /** The bytes of a Blob; of several that read at once the first leaves its bytes to all. @returns {Promise<any>} */
  async #loaded() {
    const bytes = await /** @type {Blob} */ (this.#source).bytes();
    if (this.#source instanceof Blob) this.#source = bytes;
    return this.#source;
  }

  /** @param {string | Uint8Array} source @throws ERR_INVALID_STATE when the program has taken its memory away */
  #look(source) {
    if (this.#lent && source.length === 0) throw ERR_INVALID_STATE(DETACHED);
  }

  /** @param {{ bytes: Buffer, width: number, height: number, format: string }} made */
  #finish({ bytes: buffer, width, height, format }) {
    [this.#width, this.#height] = [width, height];
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    return { buffer, bytes, type: `image/${format}` };
  }
}

/** @param {{ buffer: Buffer, type: string }} image */
function dataUrl({ buffer, type }) {
  return `data:${type};base64,${buffer.toString('base64')}`;
}

Object.defineProperty(Image.prototype, Symbol.toStringTag, { value: 'Image', configurable: true });
brand(Image, 'Image', isImage);
for (const name of ['backend', 'fromClipboard', 'hasClipboardImage', 'clipboardChangeCount'])
  Object.defineProperty(Image, name, { enumerable: true });

module.exports = { Image, bodyOf, isImage };
