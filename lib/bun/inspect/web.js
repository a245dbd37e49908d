'use strict';

/** How objects of the Web are printed: headers and forms, blobs and files, requests and responses. */

const { byteSize } = require('../byte-size');
const { start, RESET } = require('./colors');
const { read } = require('./properties');

/** @typedef {import('./special').Printer} Printer */
/** @typedef {import('./special').Tools} Tools */

/** @param {any} value @returns {Printer | undefined} */
function find(value) {
  const tag = read(value, Symbol.toStringTag);
  if (typeof tag !== 'string') return undefined;
  const { URLSearchParams, Headers, Blob, FormData } = globalThis;
  for (const Class of [URLSearchParams, Headers, FormData])
    if (Class && value instanceof Class) return isGenuine(value) ? pairs(Class.name) : undefined;
  if (isCookies(value)) return (cookies, tools) => tools.format(cookies.toJSON());
  if (Blob && value instanceof Blob) return typeof read(value, 'size') === 'number' ? blobPrinter(value) : undefined;
  if (tag === 'Response' && require('../../web/response').isResponse(value))
    return typeof read(value, 'status') === 'number' ? response : undefined;
  if (tag === 'Request' && require('../../web/request').isRequest(value))
    return typeof read(value, 'method') === 'string' ? request : undefined;
  return undefined;
}

/** A prototype, or what only inherits from it, has the methods, but nothing that they could work on. @param {any} value */
function isGenuine(value) {
  try {
    return typeof value.has('a') === 'boolean';
  } catch {
    return false;
  }
}

/** @param {any} value @returns {boolean} whether it is a `Bun.Cookie` or `Bun.CookieMap`, without loading these */
function isCookies(value) {
  const tag = read(value, Symbol.toStringTag);
  return (
    (tag === 'Cookie' || tag === 'CookieMap') &&
    typeof value.toJSON === 'function' &&
    read(value, 'constructor')?.name === tag
  );
}

/** `Headers`, `URLSearchParams`, `FormData`, and their subclasses under the same name. @param {string} name @returns {Printer} */
function pairs(name) {
  return (value, tools) => printPairs(name, value, tools);
}

/** @param {string} name @param {any} value @param {Tools} tools */
function printPairs(name, value, { write, block, string, format, settings }) {
  const [colon, before, after] = settings.colors
    ? [`${start('dim')}:${RESET} `, RESET + start('green'), RESET]
    : [': ', '', ''];
  const entries = [...value.entries()];
  if (entries.length === 0) {
    write(`${name} {}`);
    return;
  }
  block(
    `${name} {`,
    '}',
    entries.map(([key, item]) => () => {
      string(key);
      write(colon);
      const isText = typeof item === 'string';
      if (isText) write(before);
      format(item);
      if (isText) write(after);
    }),
  );
}

/** What is printed between braces, in a line each, commas aside. @param {Tools} tools @param {(() => void)[]} lines */
function braces({ write, indented }, lines) {
  write('{');
  indented(() => {
    for (const line of lines) line();
  });
  write('}');
}

/** A line with a key. @param {Tools} tools @param {string} key @param {() => void} value */
function line({ write, newLine, settings }, key, value) {
  newLine();
  write(settings.colors ? `${key}${start('dim')}:${RESET} ` : `${key}: `);
  value();
}

/** @param {Tools} tools @param {string} text @param {import('./colors').Style} style */
function styled({ write, settings }, text, style) {
  write(settings.colors ? `${start(style)}${text}${RESET}` : text);
}

/** The name in front of the size. @param {Tools} tools @param {string} name @param {number} size */
function title(tools, name, size) {
  tools.write(tools.settings.colors ? `${RESET}${name}${RESET} (` : `${name} (`);
  styled(tools, byteSize(size), 'yellow');
  tools.write(')');
}

/** @param {any} value @returns {Printer} */
function blobPrinter(value) {
  if (require('../bun-file').sourceOf(value)) return fileReference;
  if (read(value, Symbol.toStringTag) === 'BuildArtifact') return buildArtifact;
  return value instanceof File ? file : blob;
}

/** @type {Printer} */
function blob(value, tools) {
  const { size, type } = value;
  title(tools, 'Blob', size);
  if (!type) return;
  tools.write(' ');
  braces(tools, [() => line(tools, 'type', () => styled(tools, JSON.stringify(type), 'green'))]);
}

/** @type {Printer} */
function buildArtifact(value, tools) {
  const { path, loader, kind, hash, sourcemap } = value;
  const { write, newLine } = tools;
  const text = (/** @type {string} */ key, /** @type {string} */ word) => () => {
    line(tools, key, () => styled(tools, JSON.stringify(word), 'green'));
    write(',');
  };
  write(`BuildArtifact (${kind}) `);
  braces(tools, [
    text('path', path),
    text('loader', loader),
    text('kind', kind),
    ...(kind === 'sourcemap' ? [] : [text('hash', hash)]),
    () => {
      newLine();
      blob(value, tools);
    },
    ...(kind === 'sourcemap'
      ? []
      : [
          () => {
            write(',');
            line(tools, 'sourcemap', () => tools.format(sourcemap));
          },
        ]),
  ]);
}

/** @type {Printer} */
function file(value, tools) {
  const { size, name, type, lastModified } = value;
  title(tools, 'File', size);
  tools.write(' ');
  braces(tools, [
    () => line(tools, 'name', () => styled(tools, JSON.stringify(name), 'green')),
    () => {
      if (!type) return;
      tools.comma();
      line(tools, 'type', () => styled(tools, JSON.stringify(type), 'green'));
    },
    () => {
      tools.comma();
      line(tools, 'lastModified', () => styled(tools, String(lastModified), 'yellow'));
    },
  ]);
}

/** `Bun.file(…)`. @type {Printer} */
function fileReference(value, tools) {
  const { path, fd, offset } = /** @type {any} */ (require('../bun-file').sourceOf(value));
  const { colors } = tools.settings;
  tools.write(colors ? `${RESET}FileRef${RESET} (` : 'FileRef (');
  styled(tools, fd === undefined ? JSON.stringify(path) : `fd: ${fd}`, fd === undefined ? 'green' : 'yellow');
  tools.write(colors ? `)${RESET} ` : ') ');
  braces(tools, [
    () => line(tools, 'type', () => styled(tools, JSON.stringify(value.type), 'green')),
    () => {
      if (!offset) return;
      tools.comma();
      line(tools, 'offset', () => styled(tools, String(offset), 'yellow'));
    },
  ]);
}

/** What of a body is at hand. @param {any} value @returns {{ size: number | undefined, source: any }} its size, and the blob or stream to print */
function bodyOf(value) {
  const { Kind, kindOf, sourceOf, isUsed } = require('../../web/body');
  const kind = kindOf(value);
  const source = sourceOf(value);
  if (kind === Kind.STREAM) return { size: 0, source: isUsed(value) ? undefined : source };
  if (kind === Kind.BLOB && !isUsed(value)) {
    const isMissing = require('../bun-file').sourceOf(source) !== undefined && !source.size;
    return { size: isMissing ? undefined : source.size, source };
  }
  const isText = kind === Kind.TEXT || kind === Kind.LATIN1;
  if ((!isText && kind !== Kind.BYTES) || source.length === 0 || isUsed(value)) return { size: 0, source: undefined };
  const bytes = kind === Kind.TEXT ? Buffer.byteLength(source) : source.length;
  return { size: bytes, source: { size: bytes } };
}

/** @param {Tools} tools @param {any} source a blob, the size of bytes, or a stream */
function printBody(tools, source) {
  tools.newLine();
  if (source instanceof Blob || source instanceof ReadableStream) tools.format(source);
  else title(tools, 'Blob', source.size);
}

/** @param {Tools} tools @param {string} name @param {number | undefined} size */
function head({ write }, name, size) {
  write(size === undefined ? `${name} ` : `${name} (${byteSize(size)}) `);
}

/** A key of a request or response. @param {Tools} tools @param {string} key @param {() => void} value */
function fact(tools, key, value) {
  line(tools, tools.settings.colors ? `${RESET}${key}` : key, value);
}

/** Text in bold within quotes. @param {Tools} tools @param {string} text @param {[before: string, within: string]} resets */
function bold({ write, settings }, text, [before, within]) {
  write(settings.colors ? `${before}"${within}${start('bold')}${text}${RESET}"` : `"${text}"`);
}

/** @type {Printer} */
function response(value, tools) {
  const { size, source } = bodyOf(value);
  const { ok, url, status, statusText, headers, redirected, bodyUsed } = value;
  const { write, comma, format, word, settings } = tools;
  head(tools, 'Response', size);
  /** @param {string} key @param {() => void} print */
  const fields = (key, print) => {
    fact(tools, key, print);
    if (key !== 'bodyUsed') comma();
  };
  braces(tools, [
    () => fields('ok', () => word(String(ok), 'yellow')),
    () => fields('url', () => bold(tools, url, ['', RESET])),
    () => fields('status', () => word(String(status), 'yellow')),
    () => fields('statusText', () => bold(tools, statusText, [RESET, ''])),
    () =>
      fields('headers', () => {
        if (settings.colors) write(RESET);
        format(headers);
      }),
    () => fields('redirected', () => word(String(redirected), 'yellow')),
    () => fields('bodyUsed', () => word(String(bodyUsed), 'yellow')),
    () => {
      if (source === undefined) return;
      comma();
      printBody(tools, source);
    },
  ]);
}

/** @type {Printer} */
function request(value, tools) {
  const { size, source } = bodyOf(value);
  const { method, url, headers } = value;
  const { write, comma, format, settings } = tools;
  head(tools, 'Request', size);
  braces(tools, [
    () => {
      fact(tools, 'method', () => write(`"${method}"`));
      comma();
    },
    () => {
      fact(tools, 'url', () => bold(tools, url, ['', '']));
      comma();
    },
    () =>
      fact(tools, 'headers', () => {
        if (settings.colors) write(RESET);
        format(headers);
      }),
    () => {
      if (source !== undefined) printBody(tools, source);
    },
  ]);
}

module.exports = { find };
