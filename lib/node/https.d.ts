import original = require('node:https');
export = original;
