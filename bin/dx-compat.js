#!/usr/bin/env -S node --
'use strict';

// The `--` above: Node looks for its own `--env-file` in all that follows, unless a `--` comes first.
require('../lib/cli/main').main(process.argv.slice(2));
