'use strict';

/**
 * Finds in a page what it refers to: scripts, style sheets and files.
 *
 * @see bun-types/docs/bundler/html-static.mdx
 */

/**
 * @typedef {{ kind: 'script' | 'style' | 'file', url: string, start: number, end: number }} Reference `start` and `end`: of the
 *   whole element for scripts and style sheets, of the address for files
 * @typedef {{ name: string, value: string, start: number, end: number }} Attribute `start` and `end` of the value
 * @typedef {{ name: string, attributes: Attribute[], start: number, end: number, closing: boolean }} Tag
 */

const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/dg;
const tag = /<!--[^]*?(?:-->|$)|<(\/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi;

/** Elements whose contents are text. */
const raw = new Set(['script', 'style', 'textarea', 'title']);

/** Element -> attributes that name files. @type {Record<string, string[]>} */
const media = {
  img: ['src', 'srcset'],
  video: ['src', 'poster'],
  audio: ['src'],
  source: ['src', 'srcset'],
};
const linked = new Set(['icon', 'apple-touch-icon', 'manifest']);
const preloaded = new Set(['font', 'image', 'video', 'audio', 'worker']);

/** @param {string} html @returns {Generator<Tag>} */
function* tags(html) {
  const pattern = new RegExp(tag);
  for (let found = pattern.exec(html); found; found = pattern.exec(html)) {
    const [text, slash, name, inside] = found;
    if (name === undefined) continue;
    const lower = name.toLowerCase();
    const start = found.index;
    const end = start + text.length;
    yield {
      name: lower,
      attributes: attributesOf(inside, start + 1 + slash.length + name.length),
      start,
      end,
      closing: slash !== '',
    };
    if (!slash && raw.has(lower)) pattern.lastIndex = textEnd(html, lower, end);
  }
}

/**
 * Where the text of an element ends. In a script `<!-- <script>` begins another that is text, too.
 *
 * @param {string} html
 * @param {string} name
 * @param {number} from
 */
function textEnd(html, name, from) {
  const marks = new RegExp(`<!--|-->|<(/?)${name}(?=[\\s/>])`, 'gi');
  marks.lastIndex = from;
  let escaped = false;
  let nested = false;
  for (let found = marks.exec(html); found; found = marks.exec(html)) {
    const [text, slash] = found;
    if (slash === undefined) {
      escaped = text === '<!--';
      nested &&= escaped;
    } else if (slash && !nested) return found.index;
    else nested = slash === '' && escaped && name === 'script';
  }
  return html.length;
}

/** @param {string} text @param {number} at where it stands @returns {Attribute[]} */
function attributesOf(text, at) {
  return [...text.matchAll(attribute)].map((found) => {
    const { indices } = /** @type {any} */ (found);
    const [start, end] = indices[2] ?? indices[3] ?? indices[4] ?? [0, 0];
    const value = found[2] ?? found[3] ?? found[4] ?? '';
    return { name: found[1].toLowerCase(), value, start: at + start, end: at + end };
  });
}

/**
 * @param {string} html
 * @returns {{ references: Reference[], injectAt: number }} in the order of the page; where what is bundled is to be named
 */
function scan(html) {
  /** @type {Reference[]} */
  const references = [];
  /** @type {Map<string, number>} */
  const ends = new Map();
  /** @type {Reference | undefined} a script whose end is still to come */
  let script;
  for (const one of tags(html)) {
    if (one.closing) {
      if (!ends.has(one.name)) ends.set(one.name, one.start);
      if (one.name === 'script' && script) script.end = one.end;
      script = undefined;
      continue;
    }
    const found = referencesOf(one);
    references.push(...found);
    script = one.name === 'script' ? found[0] : undefined;
  }
  const injectAt = ends.get('head') ?? ends.get('body') ?? ends.get('html') ?? html.length;
  return { references, injectAt };
}

/** @param {Tag} one @returns {Reference[]} */
function referencesOf({ name, attributes, start, end }) {
  const named = (/** @type {string} */ wanted) => attributes.find((found) => found.name === wanted);
  if (name === 'script') return whole('script', named('src'), start, end);
  if (name === 'link') {
    const rel = named('rel')?.value.toLowerCase() ?? '';
    const as = named('as')?.value.toLowerCase() ?? '';
    if (rel === 'stylesheet' || as === 'style') return whole('style', named('href'), start, end);
    return linked.has(rel) || preloaded.has(as) ? filesOf(named('href')) : [];
  }
  return (Object.hasOwn(media, name) ? media[name] : []).flatMap((wanted) => filesOf(named(wanted)));
}

/** @param {'script' | 'style'} kind @param {Attribute | undefined} from @param {number} start @param {number} end @returns {Reference[]} */
function whole(kind, from, start, end) {
  return from && isLocal(from.value) ? [{ kind, url: from.value, start, end }] : [];
}

/** One address, or of `srcset` several. @param {Attribute | undefined} from @returns {Reference[]} */
function filesOf(from) {
  if (!from) return [];
  const several = from.name === 'srcset' ? /[^\s,]\S*[^\s,](?=\s|,|$)/g : /\S(?:.*\S)?/g;
  return [...from.value.matchAll(several)]
    .filter(({ 0: url, index }) => isLocal(url) && (from.name !== 'srcset' || startsCandidate(from.value, index)))
    .map(({ 0: url, index }) => ({
      kind: 'file',
      url,
      start: from.start + index,
      end: from.start + index + url.length,
    }));
}

/** Whether an address stands here and not its width. @param {string} srcset @param {number} at */
function startsCandidate(srcset, at) {
  return /(?:^|,)\s*$/.test(srcset.slice(0, at));
}

/** @param {string} url */
function isLocal(url) {
  return url.trim() !== '' && !/^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(url.trim());
}

module.exports = { scan };
