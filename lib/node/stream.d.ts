import original = require('node:stream');
export = original;
