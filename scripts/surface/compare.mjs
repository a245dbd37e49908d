// What two runtimes have, against each other: the figures of `npm run surface`.

/**
 * @typedef {[group: string, path: string, type: string, length?: number, name?: string]} Entry
 * @typedef {{ group: string, total: number, have: number, missing: string[], different: string[], signatures: string[] }} Group
 */

/**
 * A property counts when it is there with the same `typeof` (a function stays a function).
 *
 * @param {Entry[]} reference what Bun has
 * @param {Entry[]} ours
 * @returns {Group[]} `missing`: not there; `different`: of another type; `signatures`: there, but with
 *   another `length` or `name`
 */
export function compare(reference, ours) {
  const found = new Map(ours.toReversed().map((entry) => [entry[1], entry])); // own members before inherited ones
  /** @type {Map<string, Group>} */
  const groups = new Map();
  const counted = new Set();
  for (const [group, path, type, length, name] of reference) {
    if (group === 'inherited' || counted.has(path)) continue;
    counted.add(path);
    if (!groups.has(group)) groups.set(group, { group, total: 0, have: 0, missing: [], different: [], signatures: [] });
    const figures = /** @type {Group} */ (groups.get(group));
    figures.total += 1;
    const own = found.get(path);
    if (!own) figures.missing.push(path);
    else if (own[2] !== type) figures.different.push(`${path}: ${own[2]}, not ${type}`);
    else {
      figures.have += 1;
      if (own[3] !== length) figures.signatures.push(`${path}.length: ${own[3]}, not ${length}`);
      if (own[4] !== name)
        figures.signatures.push(`${path}.name: ${JSON.stringify(own[4])}, not ${JSON.stringify(name)}`);
    }
  }
  return inOrder([...groups.values()]);
}

/** @type {Record<string, string>} group -> how the table calls it, in its order */
const titles = {
  Bun: '`Bun.*`',
  'Bun: members': 'members of `Bun.*`: methods, statics, classes',
  'Bun: instances': 'objects that calls give: file, server, process, …',
  'bun:sqlite': '`bun:sqlite`',
  'bun:test': '`bun:test`',
  'bun:ffi': '`bun:ffi`',
  'bun:jsc': '`bun:jsc`',
  'import.meta': '`import.meta`',
  globals: 'globals of the Web, Node and Bun',
  'globals: members': 'their members',
  All: '**All**',
  ECMAScript: 'besides, the language itself',
};
const order = Object.keys(titles);

/** @param {Group[]} groups */
function inOrder(groups) {
  return groups.sort((one, other) => order.indexOf(one.group) - order.indexOf(other.group));
}

/** All but the language, which no runtime makes itself. @param {Group[]} groups @returns {Group} */
export function sum(groups) {
  const counted = groups.filter(({ group }) => group !== 'ECMAScript');
  const add = (/** @type {'total' | 'have'} */ key) => counted.reduce((all, group) => all + group[key], 0);
  return { group: 'All', total: add('total'), have: add('have'), missing: [], different: [], signatures: [] };
}

/** @param {{ have: number, total: number }} figures */
export function share({ have, total }) {
  return `${((100 * have) / total).toFixed(1)} %`;
}

/** @param {Group[]} groups @returns {string} a Markdown table */
export function table(groups) {
  const rows = inOrder([...groups, sum(groups)]).map((figures) => [
    titles[figures.group] ?? figures.group,
    String(figures.total),
    String(figures.have),
    share(figures),
  ]);
  const head = ['', 'Bun has', 'of which here', 'share'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Puts a text between the markers of a file's content. @param {string} content @param {string} text @param {string} [name] */
export function between(content, text, name = 'surface') {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = content.indexOf(start);
  const to = content.indexOf(end);
  if (from === -1 || to < from) throw new Error(`no ${start} … ${end}`);
  return `${content.slice(0, from + start.length)}\n${text}\n${content.slice(to)}`;
}
