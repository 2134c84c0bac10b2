"""The crossings of benchmarks/languages from Python, through ctypes: python3 call_ctypes.py LIBRARY"""
import ctypes
import sys
import time
from ctypes import c_char_p, c_double, c_int64, c_longlong, c_size_t, c_ulong, c_void_p

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


def loop(calls):
    s = 0
    for _ in range(calls):
        s += 0
    return s


def nothing(calls, call=lib.lyger_probe_nothing):
    for _ in range(calls):
        call()
    return 0


def integer(calls, call=lib.lyger_probe_double):
    s = 0
    for i in range(calls):
        s += call(i)
    return s


def string_in(calls, call=lib.lyger_probe_text_in):
    s = 0
    for _ in range(calls):
        s += call(text, len(text))
    return s


def string_out(calls, call=lib.lyger_probe_text_out, free=lib.lyger_probe_free):
    s = 0
    for _ in range(calls):
        made = call(100)
        s += len(ctypes.string_at(made))
        free(made)
    return s


def array(calls, call=lib.lyger_probe_sum):
    s = 0
    for _ in range(calls):
        s += call(integers, 1000)
    return s


def call_back(calls, call=lib.lyger_probe_each):
    s = 0
    for _ in range(calls):
        s += call(callback, 100)
    return s


def cache_get(calls, call=lib.lyger_ffi_cache_get_into):
    s = 0
    for _ in range(calls):
        s += len(ctypes.string_at(buffer, call(b"languages", 9, buffer, 256)))
    return s


def cache_get_copy(calls, call=lib.lyger_cache_get, free=lib.lyger_free_string):
    s = 0
    for _ in range(calls):
        made = call(b"languages")
        s += len(ctypes.string_at(made))
        free(made)
    return s


def compute(calls, call=lib.lyger_heavy_computation):
    r = 0.0
    for _ in range(calls):
        r = call(1000)
    return r


crossings = {
    "loop": loop, "nothing": nothing, "integer": integer, "string-in": string_in, "string-out": string_out, "array": array,
    "callback": call_back, "cache-get": cache_get, "cache-get-copy": cache_get_copy, "compute": compute,
}
for line in sys.stdin:
    crossing, calls = line.split()
    if crossing in crossings:
        begun = time.thread_time_ns()
        value = crossings[crossing](int(calls))
        print(time.thread_time_ns() - begun, value, flush=True)
    else:
        print("-", flush=True)
