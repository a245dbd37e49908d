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

declare module 'bun:sqlite' {
  interface DatabaseOptions {
    /**
     * Whether a database file that `new Database()` creates gets `journal_mode = WAL`. Only dx-compat has this option, and
     * the environment variable `DX_COMPAT_SQLITE_WAL=0` for all databases; with `false` the journal is SQLite's default.
     *
     * @default true
     */
    wal?: boolean | undefined;
  }
}

export = bun;
