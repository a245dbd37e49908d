'use strict';

function install() {}

module.exports = { install };
