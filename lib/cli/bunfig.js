'use strict';
/** Bun's configuration file. @param {Record<string, any>} flags @returns {Record<string, any>} */
function loadBunfig(flags) {
  void flags;
  return {};
}
module.exports = { loadBunfig };
