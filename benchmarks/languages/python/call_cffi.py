"""The crossings of benchmarks/languages from Python, through cffi in its ABI mode: python3 call_cffi.py LIBRARY HEADER...

cffi takes the headers as they stand. PyPy has it built in.
"""
import array
import sys

import cffi

import crossings

ffi = cffi.FFI()
for header in sys.argv[2:]:
    ffi.cdef(open(header).read())
lib = ffi.dlopen(sys.argv[1])

text = b"x" * 100
integers = array.array("q", range(1000))
borrowed = ffi.from_buffer(integers)
callback = ffi.callback("int64_t(int64_t)", lambda value: value + 1)
buffer = ffi.new("char[256]")
lib.lyger_cache_set(b"languages", text)


def cache_get(calls, call=lib.lyger_ffi_cache_get_into, text_at=ffi.unpack):
    s = 0
    for _ in range(calls):
        s += len(text_at(buffer, call(b"languages", 9, buffer, 256)))
    return s


crossings.answer({
    **crossings.common(lib, text, borrowed, callback),
    "string-out": crossings.copied(lib.lyger_probe_text_out, 100, ffi.string, lib.lyger_probe_free),
    "cache-get": cache_get,
    "cache-get-copy": crossings.copied(lib.lyger_cache_get, b"languages", ffi.string, lib.lyger_free_string),
})
