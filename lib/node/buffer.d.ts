import original = require('node:buffer');
export = original;
