'use strict';

async function save() {}

module.exports = { save };
