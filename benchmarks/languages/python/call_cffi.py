"""The crossings of benchmarks/languages from Python, through cffi in its ABI mode: python3 call_cffi.py LIBRARY HEADER...

cffi takes the headers as they stand. PyPy has it built in.
"""
import array as arrays
import sys
import time

import cffi

ffi = cffi.FFI()
for header in sys.argv[2:]:
    ffi.cdef(open(header).read())
lib = ffi.dlopen(sys.argv[1])

text = b"x" * 100
integers = arrays.array("q", range(1000))
borrowed = ffi.from_buffer(integers)
callback = ffi.callback("int64_t(int64_t)", lambda value: value + 1)
buffer = ffi.new("char[256]")
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
        s += len(ffi.string(made))
        free(made)
    return s


def array(calls, call=lib.lyger_probe_sum):
    s = 0
    for _ in range(calls):
        s += call(borrowed, 1000)
    return s


def call_back(calls, call=lib.lyger_probe_each):
    s = 0
    for _ in range(calls):
        s += call(callback, 100)
    return s


def cache_get(calls, call=lib.lyger_ffi_cache_get_into):
    s = 0
    for _ in range(calls):
        s += len(ffi.unpack(buffer, call(b"languages", 9, buffer, 256)))
    return s


def cache_get_copy(calls, call=lib.lyger_cache_get, free=lib.lyger_free_string):
    s = 0
    for _ in range(calls):
        made = call(b"languages")
        s += len(ffi.string(made))
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
cpu_nanoseconds = getattr(time, "thread_time_ns", time.process_time_ns)
for line in sys.stdin:
    crossing, calls = line.split()
    if crossing in crossings:
        begun = cpu_nanoseconds()
        value = crossings[crossing](int(calls))
        print(cpu_nanoseconds() - begun, repr(value), flush=True)
    else:
        print("-", flush=True)
