'use strict';

/** Node's own: nothing of it would be faster here (docs/node.md). */

module.exports = require('node:https');
