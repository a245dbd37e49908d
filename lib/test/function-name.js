'use strict';

/** @param {Function} implementation whose name may be an accessor that fails */
function nameOf(implementation) {
  try {
    return implementation.name;
  } catch {
    return '';
  }
}

module.exports = { nameOf };
