import original = require('node:http');
export = original;
