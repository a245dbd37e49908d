'use strict';

/** React elements print as JSX. */

const ELEMENTS = new Set([Symbol.for('react.element'), Symbol.for('react.transitional.element')]);
const FRAGMENT = Symbol.for('react.fragment');

/** @param {any} value @returns {import('./special').Printer | undefined} */
function find(value) {
  return ELEMENTS.has(value.$$typeof)
    ? (element, tools) => tools.write(print(element, tools, tools.indentation()))
    : undefined;
}

/** @param {any} element @param {any} tools @param {string} indent @returns {string} */
function print(element, tools, indent) {
  const { type, key, props } = element;
  const name =
    type === FRAGMENT
      ? ''
      : typeof type === 'string'
        ? type
        : typeof type === 'function'
          ? type.displayName || type.name
          : 'unknown';
  let open = `<${name}`;
  if (key !== null && key !== undefined) open += ` key=${tools.settings.inspect(String(key))}`;
  for (const [prop, value] of Object.entries(props ?? {})) {
    if (prop === 'children') continue;
    open += ` ${prop}=${typeof value === 'string' ? JSON.stringify(value) : `{${tools.settings.inspect(value, { ...tools.settings, compact: true })}}`}`;
  }
  const children = [props?.children]
    .flat(Infinity)
    .filter((child) => child !== undefined && child !== null && typeof child !== 'boolean');
  if (children.length === 0) return name === '' ? '<></>' : `${open} />`;
  if (children.length === 1 && typeof children[0] !== 'object') return `${open}>${children[0]}</${name}>`;
  const inner = `${indent}  `;
  const shown = children.map(
    (child) => inner + (ELEMENTS.has(child?.$$typeof) ? print(child, tools, inner) : String(child)),
  );
  return `${open}>\n${shown.join('\n')}\n${indent}</${name}>`;
}

module.exports = { find };
