'use strict';

const { Kind } = require('./encode');
const { TYPES, VALUES } = require('./exchange');

/**
 * JavaScript that writes a number to the exchange buffer in place, for functions that are generated with `W` and `D`, the
 * buffer's words and doubles, and `floor`.
 *
 * @param {string} name of the variable that holds the value
 * @param {number} index of the parameter
 * @param {string} otherwise what is done with anything else, and with integers that are no int32
 */
function putSource(name, index, otherwise) {
  return (
    `if(typeof ${name}==='number'&&(${name}|0)===${name}&&(${name}!==0||1/${name}>0)){W[${TYPES + index}]=${Kind.INT32};W[${2 * (VALUES + index)}]=${name}}` +
    `else if(typeof ${name}==='number'&&floor(${name})!==${name}){W[${TYPES + index}]=${Kind.REAL};D[${VALUES + index}]=${name}}` +
    `else ${otherwise}`
  );
}

module.exports = { putSource };
