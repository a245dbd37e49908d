// As program.cjs, with what `import` gives.
import * as bun from 'bun';
import fs from 'node:fs';
import { record } from './record.cjs';

const [filter = ''] = process.argv.slice(2);
fs.writeFileSync(process.env.ANSWERS, JSON.stringify(await record(bun, (name) => name.includes(filter))));
process.exit(0);
