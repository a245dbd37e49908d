// Scripts that nobody would write, for the parser alone: nothing may crash or take long, an error has its place in the
// text. Run by hand:
//
//   node bin/dx-compat.js __test__/fuzz/shell-parser.mjs [seed] [seconds]
import { $ } from 'bun';
import fs from 'node:fs';
import path from 'node:path';
import { generator } from './random.mjs';

const seed = Number(process.argv[2] ?? Date.now() % 1e9);
const seconds = Number(process.argv[3] ?? 30);
const { below, pick } = generator(seed);

const scripts = fs
  .readFileSync(path.join(import.meta.dirname, '../shell/scripts.txt'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#!'));
const pieces =
  `echo|a=|a=(|a[1]=|$x|\${x:-|\${x/|\${x[@]|\${#x}|\${!x|$(|$((|\`|'|"|\\|(|)|{|}|[[|]]|((|))|;|;;|;&|&|&&|\
||<|>|>>|<<E\n|<<<|<(|>(|2>&1|&>|#|!|if|then|elif|else|fi|for|in|do|done|while|until|case|esac|function f|f()|{a,b}|{1..3}|~|*\
|?|[a-z]|\n|E\n| |\t|é|\u{1f600}|declare -A m=(|local|export|=~|==|-f|$'\\x|$@|"$@"`
    .split('|')
    .concat('|', '||', '|&');

/** A script of a few pieces, or a real one that was cut and changed. */
function text() {
  if (below(2)) return Array.from({ length: below(30) }, () => pick(pieces)).join(pick(['', ' ']));
  let script = pick(scripts);
  for (let i = below(4); i >= 0; i--) {
    const at = below(script.length + 1);
    const rest = script.slice(at + below(3));
    script = script.slice(0, at) + (below(2) ? pick(pieces) : pick(scripts).slice(below(20), 20)) + rest;
  }
  return script;
}

/** @param {string} script @param {unknown[]} values */
function parse(script, values) {
  const start = performance.now();
  const cuts = values.map(() => below(script.length + 1)).sort((a, b) => a - b);
  const raw = [...cuts, script.length].map((end, i) => script.slice(i ? cuts[i - 1] : 0, end).replaceAll('\0', ''));
  try {
    $(/** @type {any} */ (Object.assign([...raw], { raw })), .../** @type {any} */ (values));
  } catch (/** @type {any} */ error) {
    const lines = script.split('\n').length;
    const placed = error.line >= 1 && error.line <= lines + 1 && error.column >= 1;
    if (!placed && !/JS object|null bytes/.test(error.message)) throw new Error(`no place: ${error}`, { cause: error });
  }
  const time = performance.now() - start;
  if (time > 2000) throw new Error(`${time} ms`);
}

console.log(`seed ${seed}, ${seconds} s`);
const end = performance.now() + seconds * 1000;
let count = 0;
for (; performance.now() < end; count++) {
  const script = text();
  try {
    parse(
      script,
      Array.from({ length: below(3) }, () => pick(['v', '; x', ['a', 'b'], 5])),
    );
    if (count % 500 === 0) parse(script.repeat(1000), []);
  } catch (error) {
    console.error(JSON.stringify(script));
    throw error;
  }
}
console.log(`${count} scripts`);
