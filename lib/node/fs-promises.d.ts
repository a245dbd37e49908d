import original = require('node:fs/promises');
export = original;
