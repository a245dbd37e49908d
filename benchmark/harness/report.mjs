// Results are JSON, one file a case; benchmark/results/README.md and the tables in README.md are made from them.
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(path.dirname(import.meta.dirname));
const folder = path.join(root, 'benchmark', 'results');
const markers = ['<!-- benchmark:start -->', '<!-- benchmark:end -->'];

/** @typedef {{ id: string, unit: string, better: 'lower' | 'higher', note?: string, figures: Record<string, number>, rounds: number, machine: any }} Result */

/** @param {Result} result */
export function saveResult(result) {
  fs.mkdirSync(folder, { recursive: true });
  const name = result.id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
  fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** @returns {Result[]} */
function savedResults() {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return files.sort().map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));
}

/** A row a case, a column a contender: the figure, and in brackets how many times as fast as Bun. @param {Result[]} results */
export function caseTable(results) {
  const columns = [...new Set(results.flatMap(({ figures }) => Object.keys(figures)))].sort(byColumn);
  const rows = results.map((result) => [title(result), ...columns.map((column) => cell(result, column))]);
  return markdown(['', ...columns], rows);
}

/** The same for a page that is read at a glance: of what is neither Bun nor ours, the fastest. @param {Result[]} results */
function shortTable(results) {
  const columns = ['Bun', ...new Set(results.flatMap(({ figures }) => Object.keys(figures).filter(isOurs)))];
  columns.sort(byColumn);
  const rows = results.map((result) => {
    const [best] = Object.keys(result.figures)
      .filter((name) => name !== 'Bun' && !isOurs(name) && !isLimit(name))
      .sort((a, b) => (result.better === 'lower' ? 1 : -1) * (result.figures[a] - result.figures[b]));
    const limit = Object.keys(result.figures).find(isLimit);
    return [
      title(result),
      ...columns.map((column) => cell(result, column)),
      best ? `${cell(result, best)} ${best}` : '',
      limit ? cell(result, limit) : '',
    ];
  });
  const limited = rows.some((row) => row.at(-1) !== '');
  const heads = ['', ...columns, 'best other', 'limit'];
  return limited
    ? markdown(heads, rows)
    : markdown(
        heads.slice(0, -1),
        rows.map((row) => row.slice(0, -1)),
      );
}

/** @param {Result} result */
function title({ id }) {
  return id.replace(/^[^:]*: /, '');
}

/** @param {Result} result @param {string} column */
function cell({ figures, unit, better }, column) {
  if (figures[column] === undefined) return '';
  const ratio = better === 'lower' ? figures.Bun / figures[column] : figures[column] / figures.Bun;
  const bold = isOurs(column) ? '**' : '';
  const compared = column === 'Bun' || !ratio ? '' : ` (${bold}${ratio.toFixed(2)}x${bold})`;
  return amount(figures[column], unit) + compared;
}

/** @param {string[]} heads @param {string[][]} rows */
function markdown(heads, rows) {
  const lines = [heads, ['---', ...heads.slice(1).map(() => '---:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param {string} name */
function isOurs(name) {
  return name.startsWith('dx-compat');
}

/** A loop in C or Rust that does the work and nothing else: what the machine allows. @param {string} name */
function isLimit(name) {
  return name === "the kernel's limit" || name === 'native loop';
}

/** Bun first, then ours, then the others. @param {string} a @param {string} b */
function byColumn(a, b) {
  const rank = (/** @type {string} */ name) => (name === 'Bun' ? 0 : isOurs(name) ? 1 : isLimit(name) ? 3 : 2);
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

/** @param {number} value @param {string} unit */
function amount(value, unit) {
  if (unit === 'ns' && value >= 1e6) return `${(value / 1e6).toPrecision(3)} ms`;
  if (unit === 'ns' && value >= 1e3) return `${(value / 1e3).toPrecision(3)} µs`;
  if (unit.endsWith('/s') && value >= 1000)
    return `${Math.round(value).toLocaleString('en')} ${unit.replace(/^requests/, '')}`.replace(' /', '/');
  return `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;
}

/** The tables of all results, one an area. @param {number} level of the headings @param {typeof caseTable} table */
function tables(level, table) {
  const results = savedResults();
  const areas = Map.groupBy?.(results, ({ id }) => id.split('/')[0]) ?? grouped(results);
  const parts = [];
  for (const [area, list] of areas) {
    const notes = list.flatMap((result) => (result.note ? [`- ${title(result)}: ${result.note}`] : []));
    parts.push(`${'#'.repeat(level)} ${area}`, table(list), ...(notes.length ? [notes.join('\n')] : []));
  }
  return parts.join('\n\n');
}

/** @param {Result[]} results */
function grouped(results) {
  /** @type {Map<string, Result[]>} */
  const areas = new Map();
  for (const result of results) {
    const area = result.id.split('/')[0];
    areas.set(area, [...(areas.get(area) ?? []), result]);
  }
  return areas;
}

function machines() {
  const seen = savedResults().map(
    ({ machine: m, rounds }) =>
      `${m.cpu}, ${m.cores} cores, ${m.memory}, ${m.system}; Bun ${m.bun}; ${m.profile} build; medians of ${rounds} rounds; ${m.date}`,
  );
  return [...new Set(seen)].map((line) => `- ${line}`).join('\n');
}

export function writeReport() {
  const text = `# Results\n\nMade by \`npm run bench\`. In brackets: how many times as fast as Bun.\n\n${machines()}\n\n${tables(2, caseTable)}\n`;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'README.md'), text);
}

export function writeReadme() {
  const file = path.join(root, 'README.md');
  const text = fs.readFileSync(file, 'utf8');
  const [start, end] = markers.map((marker) => text.indexOf(marker));
  if (start < 0 || end < start) throw new Error(`README.md has no ${markers.join(' … ')}`);
  const made = `${markers[0]}\n\n${machines()}\n\n${tables(3, shortTable)}\n\n`;
  fs.writeFileSync(file, text.slice(0, start) + made + text.slice(end));
}
