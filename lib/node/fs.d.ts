import original = require('node:fs');
export = original;
