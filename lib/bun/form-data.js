'use strict';

/**
 * `formData()` of a file or a stream.
 */

/**
 * @param {Uint8Array} bytes
 * @param {string} type the MIME type with the boundary
 * @returns {Promise<FormData>}
 * @throws {Error} `Invalid encoding` when the type is no form's; a TypeError when the form is malformed
 */
async function parseFormData(bytes, type) {
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type)) throw new Error('Invalid encoding');
  return /** @type {any} */ (
    new Response(/** @type {any} */ (bytes), { headers: { 'content-type': type } }).formData()
  );
}

module.exports = { parseFormData };
