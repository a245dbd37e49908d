'use strict';

/** What means the same in the engine's regular expressions, which are Go's. */
const common = /^(?:[\w\s@~!#%&=:;"'<>,/-]|[.^$|*+?()[\]]|\{\d+(?:,\d*)?\}|\\[dDwWsSbB./\\^$|*+?()[\]{}-]|\(\?:)*$/;

/**
 * The expression that the engine asks before it calls JavaScript, which then asks the real one.
 *
 * @param {RegExp} filter
 * @returns {RegExp} everything, where the two languages might differ
 */
function engineFilter({ source, flags }) {
  if (!/^[gdy]*$/.test(flags) || flags.includes('y')) return /.*/;
  if (!common.test(source) || /\(\?[^:]|\[\]|\[\^\]|\[\[/.test(source)) return /.*/;
  return new RegExp(source);
}

module.exports = { engineFilter };
