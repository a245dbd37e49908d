/** Shows a value in a line, the same on every runtime. @param {unknown} value @returns {string} */
export function show(value) {
  if (value instanceof Uint8Array) return `<${value.length}:${[...value.subarray(0, 12)]}>`;
  if (Array.isArray(value)) return `[${value.map(show)}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.keys(value).map((key) => `${JSON.stringify(key)}:${show(/** @type {any} */ (value)[key])}`)}}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol' || typeof value === 'function') return typeof value;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  const text = String(JSON.stringify(value));
  return text.length > 90 ? `${text.slice(0, 60)}…${text.length}…${text.slice(-20)}` : text;
}

/** Prints what a body returns or throws. @param {() => unknown} body @param {(message: string) => string} [tidy] of messages */
export function line(body, tidy = (message) => message) {
  try {
    console.log(show(body()));
  } catch (error) {
    const { name, code, errno, byteOffset, message } = /** @type {any} */ (error);
    console.log(`! ${name} ${code} ${errno} ${byteOffset} ${tidy(String(message))}`);
  }
}
