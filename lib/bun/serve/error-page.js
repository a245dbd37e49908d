'use strict';

/** @see node_modules/bun-types/docs/runtime/http/error-handling.mdx */

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The page that a server in development mode answers with when a handler failed and no `error`
 * handler took it.
 *
 * @param {{ method: string, url: string }} request
 * @param {any} error
 * @returns {string}
 */
function errorPage(request, error) {
  const { pathname } = URL.canParse(request.url) ? new URL(request.url) : { pathname: request.url };
  const title = `${request.method} - ${pathname} failed`;
  const detail = error instanceof Error ? (error.stack ?? String(error)) : require('node:util').inspect(error);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>Internal Server Error</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 60rem; padding: 0 1rem }
      pre { background: #f4f4f5; border-left: 4px solid #dc2626; overflow: auto; padding: 1rem }
    </style>
  </head>
  <body>
    <h1>${escape(title)}</h1>
    <pre>${escape(detail)}</pre>
    <p>This page is shown in development mode only: set <code>NODE_ENV=production</code> or <code>development: false</code>.</p>
  </body>
</html>
`;
}

module.exports = { errorPage };
