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
  const rows = results.map(({ id, unit, better, figures }) => {
    const cells = columns.map((column) => {
      if (figures[column] === undefined) return '';
      const ratio = better === 'lower' ? figures.Bun / figures[column] : figures[column] / figures.Bun;
      const bold = column.startsWith('dx-compat') ? '**' : '';
      return `${amount(figures[column], unit)}${column === 'Bun' || !ratio ? '' : ` (${bold}${ratio.toFixed(2)}x${bold})`}`;
    });
    return [id.replace(/^[^:]*: /, ''), ...cells];
  });
  const table = [['', ...columns], ['---', ...columns.map(() => '---:')], ...rows];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Bun first, then ours, then the others. @param {string} a @param {string} b */
function byColumn(a, b) {
  const rank = (/** @type {string} */ name) => (name === 'Bun' ? 0 : name.startsWith('dx-compat') ? 1 : 2);
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

/** @param {number} value @param {string} unit */
function amount(value, unit) {
  if (unit === 'ns' && value >= 1e6) return `${(value / 1e6).toPrecision(3)} ms`;
  if (unit === 'ns' && value >= 1e3) return `${(value / 1e3).toPrecision(3)} µs`;
  if (unit === 'requests/s') return `${Math.round(value).toLocaleString('en')}/s`;
  return `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;
}

/** The tables of all results, one an area. @param {number} level of the headings */
function tables(level) {
  const results = savedResults();
  const areas = Map.groupBy?.(results, ({ id }) => id.split('/')[0]) ?? grouped(results);
  const parts = [];
  for (const [area, list] of areas) {
    const notes = list.flatMap(({ id, note }) => (note ? [`- ${id.replace(/^[^:]*: /, '')}: ${note}`] : []));
    parts.push(`${'#'.repeat(level)} ${area}`, caseTable(list), ...(notes.length ? [notes.join('\n')] : []));
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
  const text = `# Results\n\nMade by \`npm run bench\`. In brackets: how many times as fast as Bun.\n\n${machines()}\n\n${tables(2)}\n`;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'README.md'), text);
}

export function writeReadme() {
  const file = path.join(root, 'README.md');
  const text = fs.readFileSync(file, 'utf8');
  const [start, end] = markers.map((marker) => text.indexOf(marker));
  if (start < 0 || end < start) throw new Error(`README.md has no ${markers.join(' … ')}`);
  const made = `${markers[0]}\n\n${machines()}\n\n${tables(3)}\n\n`;
  fs.writeFileSync(file, text.slice(0, start) + made + text.slice(end));
}
