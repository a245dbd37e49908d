'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const which = require('./which');

/** How editors are told a place; those of the terminal take over the program's own. */
const colon = (/** @type {Place} */ { file, line, column }) => [[file, line, column].filter(Boolean).join(':')];
const plus = (/** @type {Place} */ { file, line }) => (line ? [`+${line}`, file] : [file]);
const flags = (/** @type {Place} */ { file, line, column }) => [
  ...(line ? ['--line', line] : []),
  ...(column ? ['--column', column] : []),
  file,
];
const goto = (/** @type {Place} */ place) => ['--goto', ...colon(place)];

/** @typedef {{ file: string, line?: string, column?: string }} Place */
/** @type {Record<string, { programs: string[], words: (place: Place) => string[], terminal?: boolean }>} */
const EDITORS = {
  vscode: { programs: ['code', 'code-insiders', 'codium', 'cursor'], words: goto },
  sublime: { programs: ['subl', 'sublime_text'], words: colon },
  atom: { programs: ['atom'], words: colon },
  textmate: { programs: ['mate'], words: flags },
  webstorm: { programs: ['webstorm'], words: flags },
  intellij: { programs: ['idea'], words: flags },
  neovim: { programs: ['nvim'], words: plus, terminal: true },
  vim: { programs: ['vim', 'vi'], words: plus, terminal: true },
  emacs: { programs: ['emacs'], words: plus, terminal: true },
};

/**
 * `Bun.openInEditor`: opens a file in the editor of `editor`, `$VISUAL` or `$EDITOR`, or in one that is installed.
 * Without an editor nothing happens.
 *
 * @see https://bun.com/docs/runtime/utils#bun-openineditor
 * @param {string} file
 * @param {{ editor?: string, line?: number, column?: number }} [options]
 * @returns {void}
 * @throws an `Error` without a path
 */
function openInEditor(file, options = undefined) {
  const name = file === undefined || file === null ? '' : String(file);
  if (name === '') throw new Error('No file path specified');
  const { editor, line, column } = options !== null && typeof options === 'object' ? options : {};
  const found = [editor, process.env.VISUAL, process.env.EDITOR].map(named).find(Boolean) ?? installed();
  if (!found) return;
  const place = { file: path.resolve(name), line: number(line), column: line ? number(column) : undefined };
  const child = spawn(found.program, found.words(place), {
    detached: !found.terminal,
    stdio: found.terminal ? 'inherit' : 'ignore',
  });
  child.on('error', () => {}); // as when there is no editor
  child.unref();
}

/** @param {unknown} value @returns {string | undefined} */
function number(value) {
  const whole = Math.trunc(Number(value));
  return whole > 0 ? String(whole) : undefined;
}

/** The editor that a name or a command stands for, if it is there. @param {unknown} name */
function named(name) {
  if (typeof name !== 'string' || name === '') return undefined;
  if (Object.hasOwn(EDITORS, name)) return present(EDITORS[name]);
  const program = which(name);
  if (!program) return undefined;
  const short = path.basename(name).replace(/\.(?:exe|cmd)$/i, '');
  const known = Object.values(EDITORS).find(({ programs }) => programs.includes(short));
  return { program, words: known?.words ?? colon, terminal: known?.terminal ?? false };
}

function installed() {
  for (const editor of Object.values(EDITORS)) {
    const found = editor.terminal ? undefined : present(editor);
    if (found) return found;
  }
  return undefined;
}

/** @param {typeof EDITORS[string]} editor */
function present({ programs, words, terminal }) {
  for (const name of programs) {
    const program = which(name);
    if (program) return { program, words, terminal };
  }
  return undefined;
}

module.exports = openInEditor;
