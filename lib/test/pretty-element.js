'use strict';

/**
 * A React element in a snapshot, as JSX.
 *
 * @param {any} value
 * @param {number} depth
 * @param {(item: unknown) => string} print
 * @returns {string}
 */
function element(value, depth, print) {
  const indent = '  '.repeat(depth);
  const name =
    typeof value.type === 'string'
      ? value.type
      : (value.type?.displayName ?? value.type?.name ?? (value.type === Symbol.for('react.fragment') ? '' : 'Unknown'));
  const { children, ...rest } = value.props ?? {};
  const props = { ...(value.key !== null && value.key !== undefined ? { key: value.key } : {}), ...rest };
  const attributes = Object.keys(props).map(
    (key) => ` ${key}=${typeof props[key] === 'string' ? JSON.stringify(props[key]) : `{${print(props[key])}}`}`,
  );
  const inner = (Array.isArray(children) ? children.flat(Infinity) : [children]).filter(
    (child) => child !== undefined && child !== null && typeof child !== 'boolean',
  );
  const open = `<${name}${attributes.join('')}`;
  if (inner.length === 0) return `${open} />`;
  const lines = inner.map((child) => {
    const text = typeof child === 'object' && child.$$typeof ? element(child, depth + 1, print) : String(child);
    return `${indent}  ${text}\n`;
  });
  return `${open}>\n${lines.join('')}${indent}</${name}>`;
}

module.exports = { element };
