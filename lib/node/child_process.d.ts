import original = require('node:child_process');
export = original;
