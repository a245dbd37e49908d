import original = require('node:events');
export = original;
