'use strict';

const { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } = require('./errors');

/**
 * The native exports of an area.
 *
 * @param {string} feature the Cargo feature flag that the area is behind, `bun-sqlite`
 * @param {string} namespace the `#[napi(namespace = "…")]` of its exports
 * @returns {any}
 * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM when the binary was built without the flag
 */
function native(feature, namespace) {
  const binding = /** @type {any} */ (require('../binding'));
  if (!binding.features().includes(feature)) {
    throw ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(
      namespace,
      `this binary was built without the feature flag "${feature}" (it has: ${binding.features().join(', ')})`,
    );
  }
  return binding[namespace];
}

module.exports = { native };
