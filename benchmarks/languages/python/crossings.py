"""What the programs of Python share: the crossings that read the same through each FFI, and the lines in and out."""
import sys
import time

cpu_nanoseconds = getattr(time, "thread_time_ns", time.process_time_ns)


def common(lib, text, integers, callback):
    """The crossings by name: lib has the functions, integers and callback are as it takes them."""

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

    def compute(calls, call=lib.lyger_heavy_computation):
        r = 0.0
        for _ in range(calls):
            r = call(1000)
        return r

    return {"loop": loop, "nothing": nothing, "integer": integer, "string-in": string_in, "array": array, "callback": call_back, "compute": compute}


def copied(call, argument, text_at, free):
    """A crossing that gets a copy, which text_at makes bytes of, and frees it."""

    def crossing(calls):
        s = 0
        for _ in range(calls):
            made = call(argument)
            s += len(text_at(made))
            free(made)
        return s

    return crossing


def answer(crossings):
    for line in sys.stdin:
        crossing, calls = line.split()
        if crossing in crossings:
            begun = cpu_nanoseconds()
            value = crossings[crossing](int(calls))
            print(cpu_nanoseconds() - begun, repr(value), flush=True)
        else:
            print("-", flush=True)
