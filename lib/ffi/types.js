'use strict';

/** The types of `bun:ffi` and their numbers, as Bun's ABI has them; several names for some. */

const numbers = [
  ['char', 'i8', 'int8_t'],
  ['u8', 'uint8_t'],
  ['i16', 'int16_t'],
  ['u16', 'uint16_t'],
  ['i32', 'int', 'c_int', 'int32_t'],
  ['u32', 'c_uint', 'uint32_t'],
  ['i64', 'isize', 'int64_t'],
  ['u64', 'usize', 'uint64_t'],
  ['f64', 'double'],
  ['f32', 'float'],
  ['bool'],
  ['ptr', 'pointer', 'void*', 'char*'],
  ['void'],
  ['cstring'],
  ['i64_fast'],
  ['u64_fast'],
  ['function', 'callback', 'fn'],
  ['napi_env'],
  ['napi_value'],
  ['buffer'],
  ['buffer_length', 'buffer_bytelength'],
];
/** The last number that stands as a name of its own. */
const LAST_NUMBER = 17;

/** @type {Record<string, number>} */
const FFIType = {};
for (let number = 0; number <= LAST_NUMBER; number++) FFIType[number] = number;
for (const [index, names] of numbers.entries()) for (const name of names) FFIType[name] = index + 1;
FFIType.char = 0;

module.exports = { FFIType };
