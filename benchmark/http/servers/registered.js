// A server of Node's with the faster functions of `dx-compat/node/register`: `registered.js FILE`.
require('../../../lib/node/register.js');
require(process.argv[2]);
