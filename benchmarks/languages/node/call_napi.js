// The crossings of benchmarks/languages from Node, through an addon in C: node call_napi.js ADDON
'use strict';
const lib = require(process.argv[2]);
const { answer } = require('./loop.js');

const text = 'x'.repeat(100);
const integers = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i));
const following = (value) => value + 1;
lib.cacheSet('languages', text);

answer({
    loop: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += 0; return s; },
    nothing: (calls) => { for (let i = 0; i < calls; i++) lib.nothing(); return 0; },
    integer: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.double(i); return s; },
    'string-in': (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.textIn(text); return s; },
    'string-out': (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.textOut(100).length; return s; },
    array: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.sum(integers); return s; },
    callback: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.each(following, 100); return s; },
    'cache-get': (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.cacheGet('languages').length; return s; },
    'cache-get-copy': (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += lib.cacheGetCopy('languages').length; return s; },
    compute: (calls) => { let r = 0; for (let i = 0; i < calls; i++) r = lib.compute(1000); return r; },
});
