/**
 * Reads the JUnit report of `bun test` and of `dx-compat test`.
 *
 * @typedef {{ name: string, status: 'pass' | 'fail' | 'skip' }} TestResult `name` is `group > test`
 *
 * @param {string} xml
 * @returns {TestResult[]}
 */
export function readReport(xml) {
  /** @type {TestResult[]} */
  const tests = [];
  /** @type {string[]} */
  const path = [];
  /** @type {TestResult | undefined} */
  let open;
  for (const [, closing, tag, attributes, selfClosing] of xml.matchAll(
    /<(\/?)(testsuite|testcase|failure|skipped)\b((?:[^>"]|"[^"]*")*?)(\/?)>/g,
  )) {
    if (tag === 'testsuite') {
      if (closing) path.pop();
      else path.push(attribute(attributes, 'name'));
    } else if (tag === 'testcase' && !closing) {
      open = { name: [...path.slice(1), attribute(attributes, 'name')].join(' > '), status: 'pass' };
      tests.push(open);
      if (selfClosing) open = undefined;
    } else if (open && !closing && tag !== 'testcase') open.status = tag === 'failure' ? 'fail' : 'skip';
  }
  return tests;
}

/** @param {string} attributes @param {string} name */
function attribute(attributes, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return value.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code, entity) =>
    code
      ? String.fromCodePoint(Number(code))
      : (/** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[entity] ?? whole),
  );
}
