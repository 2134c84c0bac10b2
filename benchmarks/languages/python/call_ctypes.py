"""The crossings of benchmarks/languages from Python, through ctypes: python3 call_ctypes.py LIBRARY"""
import ctypes
import sys
from ctypes import c_char_p, c_double, c_int64, c_longlong, c_size_t, c_ulong, c_void_p

import crossings

lib = ctypes.CDLL(sys.argv[1])
CALLBACK = ctypes.CFUNCTYPE(c_int64, c_int64)
# A restype of c_char_p would copy the text and lose the address that must be freed: it is void *, and string_at() copies.
for name, result, *arguments in [
    ("lyger_probe_nothing", None),
    ("lyger_probe_double", c_int64, c_int64),
    ("lyger_probe_text_in", c_int64, c_char_p, c_size_t),
    ("lyger_probe_text_out", c_void_p, c_size_t),
    ("lyger_probe_free", None, c_void_p),
    ("lyger_probe_sum", c_int64, c_void_p, c_size_t),
    ("lyger_probe_each", c_int64, CALLBACK, c_size_t),
    ("lyger_cache_set", None, c_char_p, c_char_p),
    ("lyger_cache_get", c_void_p, c_char_p),
    ("lyger_free_string", None, c_void_p),
    ("lyger_ffi_cache_get_into", c_longlong, c_char_p, c_size_t, c_void_p, c_size_t),
    ("lyger_heavy_computation", c_double, c_ulong),
]:
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments

text = b"x" * 100
integers = (c_int64 * 1000)(*range(1000))
callback = CALLBACK(lambda value: value + 1)
buffer = ctypes.create_string_buffer(256)
lib.lyger_cache_set(b"languages", text)


def cache_get(calls, call=lib.lyger_ffi_cache_get_into, text_at=ctypes.string_at):
    s = 0
    for _ in range(calls):
        s += len(text_at(buffer, call(b"languages", 9, buffer, 256)))
    return s


crossings.answer({
    **crossings.common(lib, text, integers, callback),
    "string-out": crossings.copied(lib.lyger_probe_text_out, 100, ctypes.string_at, lib.lyger_probe_free),
    "cache-get": cache_get,
    "cache-get-copy": crossings.copied(lib.lyger_cache_get, b"languages", ctypes.string_at, lib.lyger_free_string),
})
