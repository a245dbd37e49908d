'use strict';

/**
 * The methods of statements with a few parameters, generated for their number: V8 compiles what a call does with its
 * arguments as one function, without passing them on. Numbers and longer texts are written in place.
 */

const encoding = require('./encode');
const { words, doubles, call, changes, Operation, Word, TYPES, VALUES, TEXT, TEXT_END } = require('./exchange');
const { putSource } = require('./put-source');

const { Kind, FAR, TEXTS } = encoding;
const { GET, ALL, RUN } = Operation;
const { OPERATION, STATEMENT, GIVEN } = Word;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** The most parameters. */
const FEW = NAMES.length;

/**
 * @typedef {Record<'get' | 'all' | 'values' | 'run', (this: any, ...values: any[]) => any>} Generated
 * @typedef {(statement: any) => import('./handle').Handle} HandleOf
 */

/** @param {number} count of the parameters @param {HandleOf} handleOf @returns {Generated | undefined} none where code generation is forbidden */
function methodsOf(count, handleOf) {
  try {
    const make = new Function(
      'W',
      'D',
      'floor',
      'put',
      'putText',
      'finish',
      'call',
      'changes',
      'handleOf',
      source(count),
    );
    return make(words, doubles, Math.floor, encoding.put, encoding.putText, encoding.finish, call, changes, handleOf);
  } catch {
    // --disallow-code-generation-from-strings
  }
}

/** @param {number} count */
function source(count) {
  const names = NAMES.slice(0, count);
  const puts = names.map((name, index) =>
    putSource(
      name,
      index,
      `if(typeof ${name}==='string'){l=${name}.length;if(l<${FAR})t=putText(${index},${name},t);` +
        `else if(l*3<=${TEXT_END}-t){W[${TYPES + index}]=${Kind.TEXT_ARGUMENT};W[${2 * (VALUES + index)}]=t-${TEXT};far=${TEXTS};t+=l*3}` +
        `else t=${encoding.FULL}}else t=put(${index},${name},t,x.big);`,
    ),
  );
  // Other calls: an object, no arguments, which keep what is bound, or what may be an error.
  const other = 'v=arguments.length===1?x.bindObject(a):arguments.length===0?x.keep():x.bind(Array.from(arguments))';
  const method = (/** @type {string} */ name, /** @type {number} */ operation, /** @type {string} */ result) =>
    `${name}(${names}){const x=handleOf(this);let v,t=${TEXT},l=0,far=0;` +
    `if(arguments.length===${count}&&(typeof a!=='object'||a===null)){${puts.join('')}` +
    `if(!finish(${count},t))v=x.bind([${names}]);else if(far!==0)W[${GIVEN}]=far}else ${other};` +
    `W[${OPERATION}]=${operation};W[${STATEMENT}]=x.id;const r=call(v,${names});return ${result}}`;
  const methods = [
    method('get', GET, 'x.row(r)'),
    method('all', ALL, 'x.rows(r,false)'),
    method('values', ALL, 'x.rows(r,true)'),
    method('run', RUN, 'changes(x.big)'),
  ];
  return `'use strict';return{${methods}}`;
}

module.exports = { methodsOf, FEW };
