'use strict';
// Writes the answers of the runtime that runs this to the file that ANSWERS names: `program.cjs [FILTER]`, with `--worker`
// from a worker.
const fs = require('node:fs');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

const [filter] = process.argv.slice(2).filter((word) => word !== '--worker');
const answers = (bun, part = '') => require('./record.cjs').record(bun, (name) => name.includes(part));

if (!isMainThread) {
  answers(globalThis.Bun, workerData).then((all) => parentPort.postMessage(all));
} else if (process.argv.includes('--worker')) {
  new Worker(__filename, { workerData: filter }).on('message', give);
} else {
  answers(require('bun'), filter).then(give);
}

function give(all) {
  fs.writeFileSync(process.env.ANSWERS, JSON.stringify(all));
  process.exit(0);
}
