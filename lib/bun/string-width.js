'use strict';
module.exports = (s) => [...s].reduce((n, c) => n + (/\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\uffdc]/u.test(c) ? 2 : 1), 0);
