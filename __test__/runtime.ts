/**
 * Which runtime runs a test file. Tests are written once and pass on both; one that only one side can
 * pass says so in place, `test.skipIf(isDxCompat)(…)`, with the reason in a comment, or stands in
 * `known-differences.json`.
 */

/** Node with dx-compat, not real Bun. */
export const isDxCompat: boolean = Symbol.for('dx-compat.loader.installed') in globalThis;
