'use strict';

/**
 * What the command line decided, for the faces that depend on it. Without the command line
 * (`require('dx-compat')`, `register`) everything keeps these defaults.
 */
module.exports = {
  /** @type {string | undefined} the entry as `Bun.main` gives it; undefined: `process.argv[1]` */
  main: undefined,
  /** @type {number | undefined} `--port` or bunfig's `serve.port`: what `Bun.serve` listens on by default */
  port: undefined,
  /** @type {Map<string, any> | undefined} with `--hot`: the servers by what they serve */
  hotServers: undefined,
  /** `--experimental-http3-fetch`: `fetch` goes where `Alt-Svc` says that HTTP/3 is spoken */
  http3: false,
  /** `--experimental-http2-fetch`: `fetch` offers HTTP/2 to every server over TLS */
  http2: false,
  /** @type {'strict' | 'throw' | 'warn' | 'none' | 'warn-with-error-code' | undefined} `--unhandled-rejections` */
  unhandledRejections: undefined,
  /** @type {Record<string, any>} the parsed bunfig.toml */
  bunfig: {},
};
