'use strict';

const { codeError, ERR_OPTION_UNSUPPORTED } = require('../internal/errors');
const engine = require('../loader/engine');
const { complete } = require('../loader/messages');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_ILLEGAL_CONSTRUCTOR = codeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', (message) => message);

const loaders = new Set(['js', 'jsx', 'ts', 'tsx']);
const dataLoaders = new Set(['css', 'json', 'jsonc', 'json5', 'toml', 'yaml', 'xml', 'text', 'wasm', 'md']);

/** Options that change the output and are not honoured yet, when they are set. */
const unsupported = [
  'macro',
  'exports',
  'treeShaking',
  'inline',
  'replMode',
  'jsxOptimizationInline',
  'minify',
  'minifySyntax',
  'minifyIdentifiers',
];

/** Values that change Bun's output, of options whose other values are what we do anyway. */
const unsupportedValues = /** @type {const} */ ([
  ['target', 'bun'],
  ['deadCodeElimination', true],
  ['autoImportJSX', false],
]);

/**
 * TypeScript and JSX to JavaScript, one text at a time.
 *
 * @see https://bun.com/docs/runtime/transpiler
 */
class Transpiler {
  #options;

  /** @param {any} [options] */
  constructor(options = {}) {
    if (options === null || typeof options !== 'object') throw ERR_INVALID_ARG_TYPE('Expected an object');
    for (const name of unsupported) if (options[name]) throw ERR_OPTION_UNSUPPORTED('Bun.Transpiler', name);
    for (const [name, value] of unsupportedValues) {
      if (options[name] === value) throw ERR_OPTION_UNSUPPORTED('Bun.Transpiler', `${name}: ${value}`);
    }
    const compiler = compilerOptions(options.tsconfig);
    if (/^react-jsx/.test(compiler.jsx)) throw ERR_OPTION_UNSUPPORTED('Bun.Transpiler', 'tsconfig.compilerOptions.jsx');
    this.#options = {
      loader: loaderName(options.loader, 'jsx'),
      define: Object.entries(options.define ?? {}).map(([name, value]) => [name, String(value)]),
      trimUnusedImports: Boolean(options.trimUnusedImports),
      minifyWhitespace: Boolean(options.minifyWhitespace),
      classicJsx: compiler.jsx === 'react',
      jsxFactory: compiler.jsxFactory,
      jsxFragmentFactory: compiler.jsxFragmentFactory,
      jsxImportSource: compiler.jsxImportSource,
      experimentalDecorators: compiler.experimentalDecorators === true,
      emitDecoratorMetadata: compiler.emitDecoratorMetadata === true,
    };
  }

  /**
   * @param {string | ArrayBufferView | ArrayBuffer} code
   * @param {string | object} [loader] `js`, `jsx`, `ts` or `tsx`
   * @returns {string}
   * @throws {BuildMessage} when the code does not parse
   */
  transformSync(code, loader) {
    return run('transformText', text(code, 'transformSync'), this.#with(loader));
  }

  /**
   * @param {string | ArrayBufferView | ArrayBuffer} code
   * @param {string} [loader] `js`, `jsx`, `ts` or `tsx`
   * @returns {Promise<string>}
   */
  async transform(code, loader) {
    return run('transformText', text(code, 'transform'), this.#with(loader));
  }

  /**
   * @param {string | ArrayBufferView | ArrayBuffer} code
   * @returns {{ exports: string[], imports: { kind: string, path: string }[] }}
   */
  scan(code) {
    return run('scanText', text(code, 'scan'), this.#options);
  }

  /**
   * @param {string | ArrayBufferView | ArrayBuffer} code
   * @returns {{ kind: string, path: string }[]}
   */
  scanImports(code) {
    return run('scanText', text(code, 'scanImports'), this.#options).imports;
  }

  get [Symbol.toStringTag]() {
    return 'Transpiler';
  }

  /** @param {string | object | undefined} loader */
  #with(loader) {
    return typeof loader === 'string'
      ? { ...this.#options, loader: loaderName(loader, this.#options.loader) }
      : this.#options;
  }
}

/** @param {string} name @param {string} code @param {object} options */
function run(name, code, options) {
  try {
    return engine.binding()[name](code, options);
  } catch (error) {
    throw complete(error);
  }
}

/** @param {unknown} loader @param {string} otherwise */
function loaderName(loader, otherwise) {
  if (loader === undefined || loader === null) return otherwise;
  const name = String(loader).replace(/^\./, '');
  if (dataLoaders.has(name)) throw ERR_OPTION_UNSUPPORTED('Bun.Transpiler', `loader: ${name}`);
  if (!loaders.has(name)) {
    throw ERR_INVALID_ARG_TYPE(
      'invalid loader - must be js, jsx, tsx, ts, css, json, jsonc, json5, toml, yaml, xml, text, wasm, or md',
    );
  }
  return name;
}

/** @param {any} tsconfig an object or its text */
function compilerOptions(tsconfig) {
  const config =
    typeof tsconfig === 'string' ? require('../loader/data').parse(tsconfig, 'tsconfig.json', 'jsonc') : tsconfig;
  return config?.compilerOptions ?? {};
}

/** @param {any} code @param {string} method */
function text(code, method) {
  if (typeof code === 'string') return code;
  if (ArrayBuffer.isView(code) || code instanceof ArrayBuffer)
    return new TextDecoder().decode(/** @type {any} */ (code));
  throw ERR_INVALID_ARG_TYPE(`Expected code to be a string or Uint8Array for '${method}'.`);
}

/** `Bun.Transpiler()` without `new` is an error of Bun's own. */
module.exports = new Proxy(Transpiler, {
  apply() {
    throw ERR_ILLEGAL_CONSTRUCTOR("Transpiler constructor cannot be invoked without 'new'");
  },
});
