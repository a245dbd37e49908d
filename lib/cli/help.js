'use strict';

/** The overview that `--help` and a bare `dx-compat` print. */
const overview = `dx-compat runs programs written for Bun on Node.

Usage: dx-compat [flags] <command | file | script> [args]

Commands:
  run FILE | SCRIPT      Run a file (TypeScript, JSX, JavaScript) or a package.json script; FILE.sh
                         runs in Bun's shell
  run -                  Run what stdin holds
  test [filters]         Run the tests, as "bun test" does
  build ENTRY...         Bundle files, as "bun build" does; "build --help" lists the flags
  exec SCRIPT            Run a script in Bun's shell
  FILE | SCRIPT          Short for "run"

Flags (before the file; what follows it belongs to the program):
  -e, --eval CODE        Evaluate the code
  -p, --print CODE       Evaluate the code and print its result
      --watch            Restart when a loaded file changes
      --hot              Run the modules again when a loaded file changes
  -r, --preload MODULE   Load a module before the program (also --import, --require)
      --env-file FILE    Read this instead of .env, .env.local, …
      --no-env-file      Read no .env file
  -c, --config=FILE      Use this bunfig.toml
      --cwd DIR          Change to this directory first
      --port PORT        The default port of Bun.serve
  -d, --define K:V       Replace a global by a constant expression
  -l, --loader .EXT:L    Load files of this extension as js, jsx, ts, tsx, json, toml, text, …
      --conditions NAME  An extra condition for "exports" in package.json
      --tsconfig-override FILE
                         Use this tsconfig.json
      --silent           Do not print the command of a script
      --if-present       Exit with 0 when the file or the script does not exist
      --inspect[=HOST:PORT], --inspect-wait, --inspect-brk
                         Open Node's inspector
  -v, --version          Print the version
      --revision         Print the version and revision of the Bun whose API this is
  -h, --help             Print this

In a program: require('dx-compat'), or node --import dx-compat/register app.ts
`;

/** @param {string} [topic] a command; all are in the overview */
function help(topic) {
  void topic;
  process.stdout.write(overview);
}

module.exports = { help };
