// The crossings of benchmarks/languages from Node, through koffi: node call_koffi.js LIBRARY
'use strict';
const koffi = require('koffi');
const { answer } = require('./loop.js');

const lib = koffi.load(process.argv[2]);
const Following = koffi.proto('int64_t Following(int64_t)');
// A result of "str" would copy the text and lose the address that must be freed.
const nothing = lib.func('void lyger_probe_nothing()');
const double = lib.func('int64_t lyger_probe_double(int64_t value)');
const textIn = lib.func('int64_t lyger_probe_text_in(const char *text, size_t len)');
const textOut = lib.func('void *lyger_probe_text_out(size_t len)');
const probeFree = lib.func('void lyger_probe_free(void *memory)');
const sum = lib.func('int64_t lyger_probe_sum(const void *packed, size_t count)');
const each = lib.func('int64_t lyger_probe_each(Following *callback, size_t count)');
const cacheSet = lib.func('void lyger_cache_set(const char *key, const char *value)');
const cacheGet = lib.func('void *lyger_cache_get(const char *key)');
const freeString = lib.func('void lyger_free_string(void *string)');
const getInto = lib.func('int64_t lyger_ffi_cache_get_into(const char *key, size_t key_len, void *buffer, size_t size)');
const heavy = lib.func('double lyger_heavy_computation(unsigned long iterations)');

const text = 'x'.repeat(100);
const integers = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i));
const following = koffi.register((value) => value + 1, koffi.pointer(Following));
const buffer = Buffer.alloc(256);
cacheSet('languages', text);

answer({
    loop: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += 0; return s; },
    nothing: (calls) => { for (let i = 0; i < calls; i++) nothing(); return 0; },
    integer: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += double(i); return s; },
    'string-in': (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += textIn(text, text.length); return s; },
    'string-out': (calls) => {
        let s = 0;
        for (let i = 0; i < calls; i++) {
            const made = textOut(100);
            s += koffi.decode(made, 'char', -1).length;
            probeFree(made);
        }
        return s;
    },
    array: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += sum(integers, 1000); return s; },
    callback: (calls) => { let s = 0; for (let i = 0; i < calls; i++) s += each(following, 100); return s; },
    'cache-get': (calls) => {
        let s = 0;
        for (let i = 0; i < calls; i++) s += buffer.latin1Slice(0, getInto('languages', 9, buffer, 256)).length;
        return s;
    },
    'cache-get-copy': (calls) => {
        let s = 0;
        for (let i = 0; i < calls; i++) {
            const made = cacheGet('languages');
            s += koffi.decode(made, 'char', -1).length;
            freeString(made);
        }
        return s;
    },
    compute: (calls) => { let r = 0; for (let i = 0; i < calls; i++) r = heavy(1000); return r; },
});
