import original = require('node:crypto');
export = original;
