/// <reference types="bun-types" />

/**
 * `require('dx-compat')`: the `Bun` object, installed on `globalThis` as well.
 *
 * The types are Bun's own (`bun-types`); what dx-compat does not have yet is absent at run time. Where it has
 * more than Bun, it is declared here.
 *
 * @see https://bun.com/reference/bun
 */
declare const bun: typeof import('bun');

export = bun;
