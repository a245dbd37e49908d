const started = process.hrtime.bigint();
require('../../..');
console.log(Number(process.hrtime.bigint() - started) / 1e6);
