import original = require('node:path');
export = original;
