'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * The JUnit report.
 *
 * @see https://bun.com/docs/test/reporters#junit-xml-reporter
 */

/**
 * @typedef {import('./summary').TestRecord} TestRecord
 * @typedef {{ name: string, line: number, suites: Map<string, Suite>, items: (Suite | TestRecord)[], total: Total }} Suite
 * @typedef {{ tests: number, assertions: number, failures: number, skipped: number, ms: number }} Total
 */

const noTotal = () => ({ tests: 0, assertions: 0, failures: 0, skipped: 0, ms: 0 });

/** @param {string} outfile @param {import('./summary').RunSummary} summary */
function writeReport(outfile, summary) {
  const full = path.resolve(outfile);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, reportOf(summary));
}

/** @param {import('./summary').RunSummary} summary @returns {string} */
function reportOf(summary) {
  const all = noTotal();
  let body = '';
  for (const file of summary.files) {
    if (file.tests.length === 0) continue;
    const suite = treeOf(file);
    add(all, suite.total);
    body += fileElement(file, suite);
  }
  const counts = `tests="${all.tests}" assertions="${all.assertions}" failures="${all.failures}" skipped="${all.skipped}"`;
  const time = (performance.now() - summary.started) / 1000;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="bun test" ${counts} time="${seconds(time)}">\n${body}</testsuites>\n`;
}

/** @param {import('./summary').FileRecord} file @returns {Suite} */
function treeOf(file) {
  const root = suiteOf('', 0);
  for (const record of file.tests) {
    const chain = [root];
    record.path.slice(0, -1).forEach((name, depth) => {
      if (!name) return;
      const parent = /** @type {Suite} */ (chain.at(-1));
      let suite = parent.suites.get(name);
      if (!suite) {
        suite = suiteOf(name, record.scopeLines?.[depth] ?? 0);
        parent.suites.set(name, suite);
        parent.items.push(suite);
      }
      chain.push(suite);
    });
    /** @type {Suite} */ (chain.at(-1)).items.push(record);
    const one = {
      tests: 1,
      assertions: record.assertions,
      failures: record.status === 'fail' ? 1 : 0,
      skipped: record.status === 'skip' || record.status === 'todo' ? 1 : 0,
      ms: Math.floor(record.ms),
    };
    for (const suite of chain) add(suite.total, one);
  }
  return root;
}

/** @param {string} name @param {number} line @returns {Suite} */
const suiteOf = (name, line) => ({ name, line, suites: new Map(), items: [], total: noTotal() });

/** @param {Total} sum @param {Total} more */
function add(sum, more) {
  for (const key of /** @type {(keyof Total)[]} */ (Object.keys(sum))) sum[key] += more[key];
}

/** @param {import('./summary').FileRecord} file @param {Suite} suite */
function fileElement(file, suite) {
  const title = escape(file.title);
  const open = `  <testsuite name="${title}" file="${title}" ${counts(suite.total)} time="${seconds(file.ms / 1000)}" hostname="${escape(os.hostname())}">\n`;
  return `${open}${properties()}${suite.items.map((item) => element(item, file, [], 4)).join('')}  </testsuite>\n`;
}

/** @param {Suite | TestRecord} item @param {import('./summary').FileRecord} file @param {string[]} above @param {number} indent @returns {string} */
function element(item, file, above, indent) {
  const space = ' '.repeat(indent);
  if ('status' in item) return testElement(item, file, above, space);
  const { name, line, items, total } = item;
  const inner = items.map((each) => element(each, file, [name, ...above], indent + 2)).join('');
  const at = line > 0 ? ` line="${line}"` : '';
  return (
    `${space}<testsuite name="${escape(name)}" file="${escape(file.title)}"${at} ${counts(total)} time="${seconds(total.ms / 1000)}"` +
    ` hostname="${escape(os.hostname())}">\n${inner}${space}</testsuite>\n`
  );
}

/** @param {TestRecord} record @param {import('./summary').FileRecord} file @param {string[]} above @param {string} space */
function testElement(record, file, above, space) {
  const { status, path: names, ms, line, assertions, failure } = record;
  const at = line > 0 ? ` line="${line}"` : '';
  const time = status === 'skip' || status === 'todo' ? '0' : seconds(ms / 1000);
  const open = `${space}<testcase name="${escape(names.at(-1) ?? '')}" classname="${escape(above.join(' > '))}" time="${time}" file="${escape(file.title)}"${at} assertions="${assertions}"`;
  if (status === 'pass') return `${open} />\n`;
  const inner =
    status === 'fail' ? failureElement(failure) : `<skipped${status === 'todo' ? ' message="TODO"' : ''} />`;
  return `${open}>\n${space}  ${inner}\n${space}</testcase>\n`;
}

/** @param {TestRecord['failure']} failure */
function failureElement(failure) {
  const { type = 'Error', message = '', text, runner = false } = failure ?? {};
  if (runner) return `<failure message="${escape(message)}" type="${escape(type)}"/>`;
  const head = `<failure type="${escape(type)}" message="${escape(message)}"`;
  return text === undefined ? `${head} />` : `${head}>${escape(text)}</failure>`;
}

/** @param {Total} total */
const counts = ({ tests, assertions, failures, skipped }) =>
  `tests="${tests}" assertions="${assertions}" failures="${failures}" skipped="${skipped}"`;

/** Where the run happened, when the environment says. */
function properties() {
  const { GITHUB_RUN_ID, GITHUB_SERVER_URL, GITHUB_REPOSITORY, CI_JOB_URL, GITHUB_SHA, CI_COMMIT_SHA, GIT_SHA } =
    process.env;
  const run =
    GITHUB_RUN_ID && GITHUB_SERVER_URL && GITHUB_REPOSITORY
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : CI_JOB_URL;
  const commit = GITHUB_SHA || CI_COMMIT_SHA || GIT_SHA;
  const lines = Object.entries({ ci: run, commit }).filter(([, value]) => value);
  if (lines.length === 0) return '';
  const inner = lines
    .map(([name, value]) => `      <property name="${name}" value="${escape(String(value))}" />\n`)
    .join('');
  return `    <properties>\n${inner}    </properties>\n`;
}

/** @param {number} value */
const seconds = (value) => String(Number(value.toFixed(9)));

/** @type {Record<string, string>} */
const entities = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** @param {string} text */
function escape(text) {
  // eslint-disable-next-line no-control-regex -- XML 1.0 has no way to write these
  return text
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replaceAll(/[&<>"'\n\r\t]/g, (c) => entities[c]);
}

module.exports = { writeReport };
