// The table of scripts/compatibility.mjs.

/** @typedef {{ area: string, files: number, ofBun: number, ours: number, share: number }} Area `share`: the sum of each file's part that passes */

/**
 * An area is what stands before a file's name below `js/`, two folders at most.
 *
 * @param {Map<string, [ofBun: number, ours: number]>} files
 * @returns {Area[]}
 */
export function areasOf(files) {
  /** @type {Map<string, Area>} */
  const areas = new Map();
  for (const [file, [ofBun, ours]] of files) {
    if (ofBun === 0) continue;
    const folders = file
      .replace(/^(?:test\/)?js\//, '')
      .split('/')
      .slice(0, -1);
    const name = folders.slice(0, 2).join('/') || '.';
    const area = areas.get(name) ?? { area: name, files: 0, ofBun: 0, ours: 0, share: 0 };
    area.files += 1;
    area.ofBun += ofBun;
    area.ours += ours;
    area.share += ours / ofBun;
    areas.set(name, area);
  }
  return [...areas.values()].sort((a, b) => (a.area < b.area ? -1 : 1));
}

/** @param {Area[]} areas @returns {Area} */
export function total(areas) {
  const all = { area: 'all', files: 0, ofBun: 0, ours: 0, share: 0 };
  for (const area of areas)
    for (const key of /** @type {const} */ (['files', 'ofBun', 'ours', 'share'])) all[key] += area[key];
  return all;
}

/** @param {number} part @param {number} whole */
export const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** @param {Area[]} areas @returns {string} */
export function table(areas) {
  const head = ['area', 'files', 'tests that pass on Bun', 'of which here', 'share', 'mean over files'];
  const row = (/** @type {Area} */ { area, files, ofBun, ours, share }, /** @type {string} */ name = `\`${area}\``) =>
    [name, files, ofBun, ours, percent(ours, ofBun), percent(share, files)].map(String);
  const rows = [head, ...areas.map((area) => row(area)), row(total(areas), 'all')];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const lines = rows.map(
    (cells) =>
      `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
