/* The crossings of benchmarks/languages from C, linked with the library. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lyger.h"
#include "lyger_probe.h"

#define BYTES 100
#define INTEGERS 1000
#define CALLBACKS 100

static char text[BYTES];
static int64_t integers[INTEGERS];

static int64_t next(int64_t value)
{
    return value + 1;
}

static int64_t text_out(void)
{
    char *made = lyger_probe_text_out(BYTES);
    int64_t length = (int64_t)strlen(made);
    lyger_probe_free(made);
    return length;
}

static int64_t cache_get(void)
{
    char buffer[256];
    return lyger_ffi_cache_get_into("languages", 9, buffer, sizeof buffer);
}

static int64_t cache_get_copy(void)
{
    char *value = lyger_cache_get("languages");
    int64_t length = (int64_t)strlen(value);
    lyger_free_string(value);
    return length;
}

/* What `calls` calls of a crossing add up to, in *number for the one that gives a float; false for one that
 * this program has not. */
static int run(const char *crossing, int64_t calls, int64_t *sum, double *number)
{
    int64_t i, s = 0;
    if (strcmp(crossing, "loop") == 0) {
        for (i = 0; i < calls; i++) {
            __asm__ volatile("" : "+r"(s));
        }
    } else if (strcmp(crossing, "nothing") == 0) {
        for (i = 0; i < calls; i++) {
            lyger_probe_nothing();
        }
    } else if (strcmp(crossing, "integer") == 0) {
        for (i = 0; i < calls; i++) {
            s += lyger_probe_double(i);
        }
    } else if (strcmp(crossing, "string-in") == 0) {
        for (i = 0; i < calls; i++) {
            s += lyger_probe_text_in(text, BYTES);
        }
    } else if (strcmp(crossing, "string-out") == 0) {
        for (i = 0; i < calls; i++) {
            s += text_out();
        }
    } else if (strcmp(crossing, "array") == 0) {
        for (i = 0; i < calls; i++) {
            s += lyger_probe_sum(integers, INTEGERS);
        }
    } else if (strcmp(crossing, "callback") == 0) {
        for (i = 0; i < calls; i++) {
            s += lyger_probe_each(next, CALLBACKS);
        }
    } else if (strcmp(crossing, "cache-get") == 0) {
        for (i = 0; i < calls; i++) {
            s += cache_get();
        }
    } else if (strcmp(crossing, "cache-get-copy") == 0) {
        for (i = 0; i < calls; i++) {
            s += cache_get_copy();
        }
    } else if (strcmp(crossing, "compute") == 0) {
        for (i = 0; i < calls; i++) {
            *number = lyger_heavy_computation(1000);
        }
        return 1;
    } else {
        return 0;
    }
    *sum = s;
    return 1;
}

static int64_t cpu_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int main(void)
{
    char crossing[64], value[BYTES + 1];
    int64_t calls;
    memset(text, 'x', BYTES);
    memset(value, 'x', BYTES);
    value[BYTES] = '\0';
    for (int64_t i = 0; i < INTEGERS; i++) {
        integers[i] = i;
    }
    lyger_cache_set("languages", value);
    while (scanf("%63s %" SCNd64, crossing, &calls) == 2) {
        int64_t sum = 0, begun = cpu_nanoseconds();
        double number = 0;
        if (!run(crossing, calls, &sum, &number)) {
            puts("-");
        } else if (strcmp(crossing, "compute") == 0) {
            printf("%" PRId64 " %.17g\n", cpu_nanoseconds() - begun, number);
        } else {
            printf("%" PRId64 " %" PRId64 "\n", cpu_nanoseconds() - begun, sum);
        }
        fflush(stdout);
    }
    return 0;
}
